package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.TlsPeer.TlsScript;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import io.github.websocketexporter.transport.TlsClient;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connections that the server ends before its answer has begun, and in the middle of it, in each
 * phase: the reason is the same over each transport, with and without TLS.
 */
@ParameterizedClass
@MethodSource("connections")
class BrokenConnectionTest {
  @SuppressWarnings("NullAway.Init")
  @TempDir
  static Path directory;

  @SuppressWarnings("NullAway.Init")
  private static Certificates certificates;

  @SuppressWarnings("NullAway.Init")
  @Parameter(0)
  TransportKind transport;

  /** Null without TLS. */
  @Parameter(1)
  @Nullable SslProvider tls;

  @SuppressWarnings("NullAway.Init")
  private ProbeRunner runner;

  /** How much of an answer comes before the end. */
  private enum Part {
    NOTHING,
    HALF;

    byte[] of(byte[] answer) {
      return Arrays.copyOf(answer, this == NOTHING ? 0 : answer.length / 2);
    }
  }

  /** How the connection ends. */
  private enum End {
    /** By FIN, with TLS after its close_notify. */
    CLOSED(FailureReason.CLOSED_BY_PEER) {
      @Override
      void of(TlsPeer peer) throws IOException {
        peer.inside().sendEof();
        CUT.of(peer);
      }
    },
    /** By FIN alone. */
    CUT(FailureReason.CLOSED_BY_PEER) {
      @Override
      void of(TlsPeer peer) throws IOException {
        if (!peer.wire().socket().isOutputShutdown()) {
          peer.wire().sendEof();
        }
        peer.wire().awaitEnd();
      }
    },
    /** By RST. */
    RESET(FailureReason.CONNECTION_RESET) {
      @Override
      void of(TlsPeer peer) throws IOException {
        peer.wire().reset();
      }
    };

    private final FailureReason reason;

    End(FailureReason reason) {
      this.reason = reason;
    }

    abstract void of(TlsPeer peer) throws IOException;
  }

  static Stream<Arguments> connections() {
    return ProbeRunner.transports()
        .flatMap(
            transport ->
                Stream.concat(Stream.of((SslProvider) null), TlsEngineTest.providers())
                    .map(tls -> Arguments.of(transport, tls)));
  }

  static Stream<Arguments> ends() {
    return Stream.of(Part.values())
        .flatMap(part -> Stream.of(End.values()).map(end -> Arguments.of(part, end)));
  }

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(directory);
  }

  @BeforeEach
  void openRunner() throws Exception {
    SslProvider provider = tls;
    TlsClient client =
        provider == null ? new TlsClient() : certificates.trusted(() -> new TlsClient(provider));
    runner = new ProbeRunner(transport, client, List.of());
  }

  @AfterEach
  void closeRunner() {
    runner.close();
  }

  @ParameterizedTest
  @MethodSource("ends")
  void failsInTheHandshake(Part part, End end) throws Exception {
    Assumptions.assumeTrue(tls != null, "there is no handshake without TLS");
    Script script =
        wire -> {
          TlsPeer.readRecord(wire);
          wire.send(part.of(TlsPeer.serverHello(0x0303)));
          end.of(new TlsPeer(wire, wire));
        };
    assertThat(probe(script)).failedWith(end.reason, TlsEngineTest.TO_TLS).notAnswered();
  }

  @ParameterizedTest
  @MethodSource("ends")
  void failsInTheUpgrade(Part part, End end) throws Exception {
    TlsScript script =
        peer -> {
          String answer = Peer.switchingProtocols(peer.inside().readRequestHead());
          peer.inside().send(part.of(answer.getBytes(ISO_8859_1)));
          end.of(peer);
        };
    assertThat(probe(serving(script)))
        .failedWith(end.reason, phasesTo(Phase.UPGRADE))
        .notAnswered();
  }

  @ParameterizedTest
  @MethodSource("ends")
  void failsInThePing(Part part, End end) throws Exception {
    TlsScript script =
        peer -> {
          peer.inside().acceptUpgrade();
          byte[] payload = peer.inside().readFrame(Peer.PING).payload();
          peer.inside().send(part.of(Peer.frame(Peer.PONG, payload)));
          end.of(peer);
        };
    assertThat(probe(serving(script))).failedWith(end.reason, phasesTo(Phase.PING)).pongMissing(0);
  }

  private ProbeResult probe(Script script) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      String scheme = tls == null ? "ws" : "wss";
      ProbeResult result = runner.probe(scheme + "://127.0.0.1:" + server.port() + "/");
      assertThat(result).hasAddress("127.0.0.1");
      return result;
    }
  }

  private Script serving(TlsScript script) throws Exception {
    return tls == null
        ? peer -> script.serve(new TlsPeer(peer, peer))
        : TlsPeer.serving(certificates.serverContext(), script);
  }

  /** The phases up to {@code last}, towards a literal address. */
  private Phase[] phasesTo(Phase last) {
    return Stream.of(Phase.values())
        .filter(phase -> phase != Phase.RESOLVE && phase.compareTo(last) <= 0)
        .filter(phase -> phase != Phase.TLS || tls != null)
        .toArray(Phase[]::new);
  }
}
