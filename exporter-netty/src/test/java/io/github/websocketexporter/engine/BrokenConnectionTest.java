package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.websocketexporter.engine.TlsPeer.TlsScript;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Connections that the server ends before its answer has begun, and in the middle of it, in each
 * phase: the reason is the same over each transport, with and without TLS.
 */
class BrokenConnectionTest extends ConnectionKindTest {
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

  static Stream<Arguments> ends() {
    return Stream.of(Part.values())
        .flatMap(part -> Stream.of(End.values()).map(end -> Arguments.of(part, end)));
  }

  @BeforeEach
  void openRunner() throws Exception {
    runner = new ProbeRunner(transport, tlsClient(), List.of());
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
      ProbeResult result = runner.probe(target(server));
      assertThat(result).hasAddress("127.0.0.1");
      return result;
    }
  }
}
