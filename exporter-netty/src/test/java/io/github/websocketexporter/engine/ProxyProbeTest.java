package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.websocketexporter.module.ProxySettings.Protocol;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import io.github.websocketexporter.testing.Witness;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Probes through each kind of proxy: inside of the tunnel all is as ever. */
class ProxyProbeTest extends ConnectionKindTest {
  @SuppressWarnings("NullAway.Init")
  private ProbeRunner runner;

  @BeforeEach
  void openRunner() throws Exception {
    runner = new ProbeRunner(transport, tlsClient(), List.of());
  }

  @AfterEach
  void closeRunner() {
    runner.close();
  }

  @ParameterizedTest
  @EnumSource
  void succeedsThroughTheTunnel(Protocol protocol) throws Exception {
    Script target = serving(TlsPeer::serveOneProbe);
    assertThat(probe(protocol, "localhost", peer -> opened(protocol, peer, target)))
        .succeededAfter(phases(protocol, Phase.PING))
        .pongCame(0)
        .hasAddress("127.0.0.1");
  }

  @ParameterizedTest
  @EnumSource
  void takesFromTheFirstRequestToTheLastAnswer(Protocol protocol) throws Exception {
    Witness witness = new Witness();
    Script target = serving(TlsPeer::serveOneProbe);
    witness.allows();
    ProbeResult result =
        probe(
            protocol,
            "localhost",
            peer -> {
              byte[] answer = lastAnswer(protocol, peer);
              witness.asked();
              Pause.of(Duration.ofMillis(30));
              witness.answers(() -> peer.send(answer));
              target.serve(peer);
            });
    assertThat(result).succeededAfter(phases(protocol, Phase.PING));
    witness.takes(result.timings().nanos(Phase.PROXY));
  }

  @ParameterizedTest
  @EnumSource
  void verifiesTheTargetsNameAndNotTheProxys(Protocol protocol) throws Exception {
    Assumptions.assumeTrue(tls != null, "there is no certificate without TLS");
    Assumptions.assumeTrue(protocol.resolvesNames(), "the target has no address");
    Script target = serving(TlsPeer::serveOneProbe);
    assertThat(probe(protocol, "other.example", peer -> opened(protocol, peer, target)))
        .failedWith(FailureReason.TLS_HOSTNAME_MISMATCH, phases(protocol, Phase.TLS));
  }

  @ParameterizedTest
  @EnumSource
  void takesWhatComesTogetherWithTheProxysAnswerForTheTargets(Protocol protocol) throws Exception {
    ProbeResult result =
        probe(
            protocol,
            "localhost",
            peer -> {
              peer.send(concat(lastAnswer(protocol, peer), "SSH-2.0-OpenSSH_9.2\r\n"));
              peer.awaitEnd();
            });
    assertThat(result)
        .failedWith(
            tls == null ? FailureReason.UPGRADE_MALFORMED : FailureReason.TLS_PROTOCOL,
            phases(protocol, tls == null ? Phase.UPGRADE : Phase.TLS));
  }

  @ParameterizedTest
  @EnumSource
  void failsInTheNextPhaseWhenTheTargetClosesAtOnce(Protocol protocol) throws Exception {
    assertThat(
            probe(
                protocol,
                "localhost",
                peer -> {
                  peer.send(lastAnswer(protocol, peer));
                  peer.sendEof();
                  peer.awaitEnd();
                }))
        .failedWith(
            FailureReason.CLOSED_BY_PEER,
            phases(protocol, tls == null ? Phase.UPGRADE : Phase.TLS));
  }

  private static void opened(Protocol protocol, Peer peer, Script target) throws Exception {
    ProxyPeer.open(protocol, peer);
    target.serve(peer);
  }

  /** Does all but to open the tunnel; the answer that does it is returned. */
  private static byte[] lastAnswer(Protocol protocol, Peer peer) throws IOException {
    return switch (protocol) {
      case HTTP -> {
        peer.readRequestHead();
        yield "HTTP/1.0 200 OK\r\n\r\n".getBytes(US_ASCII);
      }
      case SOCKS5, SOCKS5H -> {
        ProxyPeer.choose(peer, ProxyPeer.NO_AUTHENTICATION);
        ProxyPeer.readCommand(peer);
        yield ProxyPeer.reply(0);
      }
    };
  }

  private static byte[] concat(byte[] start, String rest) {
    byte[] all = new byte[start.length + rest.length()];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(rest.getBytes(US_ASCII), 0, all, start.length, rest.length());
    return all;
  }

  private ProbeResult probe(Protocol protocol, String host, Script script) throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(script)) {
      String url = protocol.name().toLowerCase(Locale.ROOT) + "://127.0.0.1:" + proxy.port();
      String target = (tls == null ? "ws" : "wss") + "://" + host + ":9/";
      return runner.probe(target, Modules.of("proxy.url = \"" + url + "\""));
    }
  }

  /** The phases of a probe of a name through a proxy with an address. */
  private Phase[] phases(Protocol protocol, Phase last) {
    return Stream.of(Phase.values())
        .filter(phase -> phase.compareTo(last) <= 0)
        .filter(phase -> phase != Phase.RESOLVE || !protocol.resolvesNames())
        .filter(phase -> phase != Phase.TLS || tls != null)
        .filter(phase -> phase != Phase.MESSAGES)
        .toArray(Phase[]::new);
  }
}
