package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.RESOLVE;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.transport.TlsClients;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.ChannelException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Probes of host names, over a name server that answers in every way. */
@ParameterizedClass
@MethodSource("io.github.websocketexporter.engine.ProbeRunner#transports")
class DnsProbeTest {
  private static final String NAME = "node.example.test";
  private static final String LOOPBACK_4 = "127.0.0.1";
  private static final String LOOPBACK_6 = "0:0:0:0:0:0:0:1";

  private final DnsServer names = new DnsServer();
  private final List<ScriptedServer> servers = new ArrayList<>();
  private final TransportKind kind;
  private final ProbeRunner runner;

  DnsProbeTest(TransportKind kind) throws IOException {
    this.kind = kind;
    runner = runner(Duration.ofSeconds(5));
  }

  @AfterEach
  void close() {
    servers.forEach(ScriptedServer::close);
    names.release();
    runner.close();
    names.close();
  }

  @ParameterizedTest
  @CsvSource({
    "ip4, true, " + LOOPBACK_4,
    "ip4, false, " + LOOPBACK_4,
    "ip6, true, " + LOOPBACK_6,
    "ip6, false, " + LOOPBACK_6
  })
  void connectsToTheFamilyThatTheModulePrefers(String family, boolean fallback, String address)
      throws Exception {
    names.has(NAME, 60, LOOPBACK_4, LOOPBACK_6);

    assertThat(probe(serve(address), preferring(family, fallback)))
        .succeededAfter(RESOLVE, CONNECT, UPGRADE, PING)
        .pongCame(0)
        .hasAddress(address);
  }

  @ParameterizedTest
  @CsvSource({"ip4, " + LOOPBACK_6, "ip6, " + LOOPBACK_4})
  void connectsToTheOtherFamilyWhereTheModuleAllowsIt(String family, String address)
      throws Exception {
    names.has(NAME, 60, address);

    assertThat(probe(serve(address), preferring(family, true)))
        .succeededAfter(RESOLVE, CONNECT, UPGRADE, PING)
        .pongCame(0)
        .hasAddress(address);
  }

  @ParameterizedTest
  @CsvSource({"ip4, " + LOOPBACK_6, "ip6, " + LOOPBACK_4})
  void failsWhenTheNameHasNoAddressOfTheOnlyFamily(String family, String other) throws Exception {
    names.has(NAME, 60, other);
    ScriptedServer server = serve(other);

    assertThat(probe(server, preferring(family, false)))
        .failedWith(FailureReason.NO_ADDRESS_OF_FAMILY, RESOLVE)
        .notAnswered()
        .hasNoAddress();
    assertThat(server.accepted()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"ip4, true", "ip4, false", "ip6, true", "ip6, false"})
  void failsWhenTheNameDoesNotExist(String family, boolean fallback) {
    assertThat(probe(preferring(family, fallback)))
        .failedWith(FailureReason.DNS_NOT_FOUND, RESOLVE)
        .notAnswered()
        .hasNoAddress();
    assertThat(names.queries()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({"ip4", "ip6"})
  void failsWhenTheNameHasNoAddressAtAll(String family) throws Exception {
    names.has(NAME, 60);

    assertThat(probe(preferring(family, true)))
        .failedWith(FailureReason.DNS_NOT_FOUND, RESOLVE)
        .notAnswered()
        .hasNoAddress();
    assertThat(names.queries()).contains("A " + NAME, "AAAA " + NAME);
  }

  @ParameterizedTest
  @CsvSource({"ip4, true", "ip4, false", "ip6, true", "ip6, false"})
  void failsWhenTheNameServerFails(String family, boolean fallback) {
    names.fails(NAME);

    assertThat(probe(preferring(family, fallback)))
        .failedWith(FailureReason.DNS_FAILURE, RESOLVE)
        .notAnswered()
        .hasNoAddress();
  }

  @Test
  void failsAtTheDeadlineWhenTheNameServerIsSilent() {
    names.isSilentAbout(NAME);

    assertThat(runner.probe("ws://" + NAME + "/", SHORT))
        .failedWith(FailureReason.DNS_TIMEOUT, RESOLVE)
        .notAnswered()
        .hasNoAddress()
        .tookAbout(SHORT);
  }

  @ParameterizedTest
  @CsvSource({"true", "false"})
  void failsBeforeTheDeadlineWhenTheQueryTakesTooLong(boolean fallback) throws Exception {
    names.isSilentAbout(NAME);
    try (ProbeRunner impatient = runner(SHORT)) {
      ProbeResult result = probe(impatient, 80, preferring("ip4", fallback));

      assertThat(result)
          .failedWith(FailureReason.DNS_TIMEOUT, RESOLVE)
          .notAnswered()
          .hasNoAddress();
      assertThat(Duration.ofNanos(result.durationNanos())).isBetween(SHORT, AMPLE.minusSeconds(1));
    }
  }

  @ParameterizedTest
  @CsvSource({"ip4, " + LOOPBACK_4, "ip6, " + LOOPBACK_6})
  void doesNotWaitForTheOtherFamilyOnceThePreferredHasAnswered(String family, String address)
      throws Exception {
    names.hasOnly(NAME, address);
    try (ProbeRunner patient = runner(AMPLE.multipliedBy(2))) {
      ProbeResult result = probe(patient, serve(address).port(), preferring(family, true));

      assertThat(result).succeededAfter(RESOLVE, CONNECT, UPGRADE, PING).hasAddress(address);
    }
  }

  @Test
  void doesNotConnectWhenTheAnswerComesAfterTheDeadline() throws Exception {
    names.has(NAME, 60, LOOPBACK_4);
    names.hold();
    ScriptedServer server = serve(LOOPBACK_4);

    Running late = runner.start("ws://" + NAME + ":" + server.port() + "/", SHORT);
    assertThat(late.result())
        .failedWith(FailureReason.DNS_TIMEOUT, RESOLVE)
        .notAnswered()
        .hasNoAddress();
    names.release();

    // The second probe shares the query, or follows it: by its end the late answer has come.
    assertThat(probe(server, preferring("ip4", true)))
        .succeededAfter(RESOLVE, CONNECT, UPGRADE, PING);
    assertThat(server.accepted()).isEqualTo(1);
    assertThat(late.results()).isEqualTo(1);
  }

  @Test
  void canBeCancelledWhileItResolves() {
    names.isSilentAbout(NAME);
    Running probe = runner.start("ws://" + NAME + "/", AMPLE);
    Awaitility.await().until(() -> !names.queries().isEmpty());
    assertThat(probe.ended()).isFalse();
    probe.cancel();

    assertThat(probe.result())
        .failedWith(FailureReason.CANCELLED, RESOLVE)
        .notAnswered()
        .hasNoAddress();
  }

  @Test
  void resolvesAgainAfterTheExporterRanOutOfFiles() throws Exception {
    names.has(NAME, 0, LOOPBACK_4);
    ScriptedServer server = serve(LOOPBACK_4);
    Transport transport = withoutFilesForTheFirstQuery(Transport.select(kind, ClockKind.AUTO));
    try (ProbeRunner scarce =
        new ProbeRunner(transport, new TlsClients(), List.of(names.address()), AMPLE)) {
      assertThat(probe(scarce, server.port(), preferring("ip4", true)))
          .failedWith(FailureReason.TOO_MANY_OPEN_FILES, RESOLVE)
          .notAnswered()
          .hasNoAddress();
      assertThat(probe(scarce, server.port(), preferring("ip4", true)))
          .succeededAfter(RESOLVE, CONNECT, UPGRADE, PING);
    }
  }

  private static Transport withoutFilesForTheFirstQuery(Transport transport) {
    AtomicBoolean first = new AtomicBoolean(true);
    return new Transport(
        transport.name(),
        transport.ioHandlers(),
        transport.readyBatch(),
        transport.probeChannels(),
        transport.socketChannels(),
        transport.serverChannels(),
        () -> {
          if (first.getAndSet(false)) {
            throw new ChannelException(new IOException("newSocketDgram(..): Too many open files"));
          }
          return transport.datagramChannels().newChannel();
        },
        transport.arrivals());
  }

  @Test
  void resolvesNoLiteralAddress() throws Exception {
    assertThat(runner.probe(serve(LOOPBACK_4).ws("/")))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .hasAddress(LOOPBACK_4);
    assertThat(names.queries()).isEmpty();
  }

  private ProbeRunner runner(Duration queryTimeout) throws SSLException {
    return new ProbeRunner(
        Transport.select(kind, ClockKind.AUTO),
        new TlsClients(),
        List.of(names.address()),
        queryTimeout);
  }

  /** A healthy target at a literal address. */
  private ScriptedServer serve(String address) throws IOException {
    ScriptedServer server =
        ScriptedServer.start(
            address,
            peer -> {
              peer.acceptUpgrade();
              peer.pong();
              peer.readFrame(Peer.CLOSE);
            });
    servers.add(server);
    return server;
  }

  private static ProbeModule preferring(String family, boolean fallback) {
    return Modules.of("ip-protocol = " + family + ", ip-protocol-fallback = " + fallback);
  }

  private ProbeResult probe(ScriptedServer server, ProbeModule module) {
    return probe(runner, server.port(), module);
  }

  private ProbeResult probe(ProbeModule module) {
    return probe(runner, 80, module);
  }

  private static ProbeResult probe(ProbeRunner runner, int port, ProbeModule module) {
    String target = "ws://" + NAME + ":" + port + "/";
    return runner.start(ProbeRunner.request(target, AMPLE, module), result -> {}).result();
  }
}
