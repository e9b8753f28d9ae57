package io.github.websocketexporter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.ProbeRunner.Held;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections that stay open after their opening. */
class HeldConnectionTest extends EngineTest {
  private static final ProbeModule PINGS = Modules.of("continuous = true");
  private static final ProbeModule HEARTBEAT =
      Modules.of(
          """
          continuous = true
          messages = [{ send = hello, expect = "^you are (?P<who>.*)$" }]
          heartbeat { send = "beat ${who}", expect = "^beaten$" }
          """);

  HeldConnectionTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  private static void text(Peer peer, String text) throws Exception {
    peer.sendFrame(Peer.TEXT, text.getBytes(UTF_8));
  }

  @Test
  void isOpenWhereItsBeatsBegin() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::ignorePings)) {
      Held held = runner.hold(server.ws("/"), PINGS);

      assertThat(held.result().success()).isTrue();
      assertThat(held.result().connected()).isTrue();
      assertThat(held.result().timings().ran(Phase.UPGRADE)).isTrue();
      assertThat(held.result().timings().ran(Phase.PING)).isFalse();
      held.close(1000);
    }
  }

  @Test
  void answersAreToldByTheirNumber() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      Held held = runner.hold(server.ws("/"), PINGS);
      held.result();

      held.beat(42);
      assertThat(held.answer()).isEqualTo(42);
      assertThat(held.roundTrip().nanos()).isPositive();
      held.beat(-1);
      assertThat(held.answer()).isEqualTo(-1);
      held.close(1000);
    }
  }

  @Test
  void whatElseComesChangesNothing() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            peer -> {
              peer.acceptUpgrade();
              Frame ping = peer.readFrame(Peer.PING);
              peer.sendFrame(Peer.PONG, "another".getBytes(UTF_8));
              text(peer, "text");
              peer.send(Peer.frame(false, 0, Peer.BINARY, new byte[100]));
              peer.sendFrame(Peer.PING, "theirs".getBytes(UTF_8));
              assertThat(peer.readFrame(Peer.PONG).payload()).asString().isEqualTo("theirs");
              peer.send(Peer.frame(true, 0, 0, new byte[100]));
              peer.sendFrame(Peer.PONG, ping.payload());
              peer.readFrame(Peer.CLOSE);
            })) {
      Held held = runner.hold(server.ws("/"), PINGS);
      held.result();
      held.beat(7);

      assertThat(held.answer()).isEqualTo(7);
      assertThat(held.isUnanswered()).isTrue();
      assertThat(held.unmatchedPongs()).isEqualTo(1);
      assertThat(held.hasEnded()).isFalse();
      held.close(1000);
    }
  }

  @Test
  void isClosedWithTheCodeThatItsHolderGives() throws Exception {
    CompletableFuture<Integer> code = new CompletableFuture<>();
    try (ScriptedServer server =
        ScriptedServer.start(
            peer -> {
              peer.acceptUpgrade();
              Frame close = peer.readFrame(Peer.CLOSE);
              code.complete(close.closeStatus());
              peer.sendFrame(Peer.CLOSE, close.payload());
            })) {
      Held held = runner.hold(server.ws("/"), PINGS);
      held.result();
      held.close(1001);

      assertThat(ProbeRunner.await(code)).isEqualTo(1001);
      assertThat(held.hasEnded()).isFalse();
    }
  }

  @Test
  void tellsTheCodeOfThePeersClose() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            peer -> {
              peer.acceptUpgrade();
              peer.sendFrame(Peer.CLOSE, Peer.status(1013));
              assertThat(peer.readFrame(Peer.CLOSE).closeStatus()).isEqualTo(1013);
            })) {
      Held held = runner.hold(server.ws("/"), PINGS);

      assertThat(held.end().closeCode()).isEqualTo("1013");
      assertThat(held.end().failure().reason()).isEqualTo(FailureReason.CLOSED_BY_PEER);
      assertThat(held.end().failure().phase()).isEqualTo(Phase.PING);
    }
  }

  @Test
  void tellsOfAPeerThatEndsTheStream() throws Exception {
    assertEnds(FailureReason.CLOSED_BY_PEER, Peer::acceptUpgrade);
  }

  @Test
  void tellsOfAReset() throws Exception {
    assertEnds(
        FailureReason.CONNECTION_RESET,
        peer -> {
          peer.acceptUpgrade();
          peer.reset();
        });
  }

  @Test
  void tellsOfAViolationAndAnswersIt() throws Exception {
    assertEnds(
        FailureReason.PROTOCOL_VIOLATION,
        peer -> {
          peer.acceptUpgrade();
          peer.send(Peer.maskedFrame(Peer.PONG, new byte[8]));
          assertThat(peer.readFrame(Peer.CLOSE).closeStatus()).isEqualTo(1002);
        });
  }

  @Test
  void tellsOfAFrameThatIsTooLarge() throws Exception {
    assertEnds(
        FailureReason.FRAME_TOO_LARGE,
        peer -> {
          peer.acceptUpgrade();
          peer.send(new byte[] {(byte) 0x81, 127, 0, 0, 0, 0, 0, 1, 0, 1}); // 65,537 bytes
          assertThat(peer.readFrame(Peer.CLOSE).closeStatus()).isEqualTo(1009);
        });
  }

  private void assertEnds(FailureReason reason, ScriptedServer.Script script) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Held held = runner.hold(server.ws("/"), PINGS);

      assertThat(held.end().failure().reason()).isEqualTo(reason);
      assertThat(held.end().closeCode()).isEmpty();
    }
  }

  @Test
  void whatCannotBeOpenedIsToldAsAProbeTellsIt() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(peer -> peer.send(Peer.response("403 Forbidden")))) {
      Held held = runner.hold(server.ws("/"), PINGS);

      assertThat(held.result().failure())
          .isEqualTo(new Failure(Phase.UPGRADE, FailureReason.UPGRADE_STATUS));
    }
  }

  @Test
  void isHeldOverTls(@TempDir Path directory) throws Exception {
    Certificates certificates = Certificates.in(directory);
    try (ScriptedServer server =
        ScriptedServer.startTls(certificates.serverContext(), Peer::answerPings)) {
      Held held =
          runner.hold(
              "wss://127.0.0.1:" + server.port() + "/",
              Modules.of("continuous = true, tls.insecure-skip-verify = true"));
      assertThat(held.result().success()).isTrue();
      held.beat(1);

      assertThat(held.answer()).isEqualTo(1);
      held.close(1000);
    }
  }

  @Test
  void aHeartbeatIsSaidByWhatTheLoginFound() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            peer -> {
              peer.acceptUpgrade();
              assertThat(peer.readFrame(Peer.TEXT).payload()).asString().isEqualTo("hello");
              text(peer, "you are me");
              text(peer, "beaten");
              assertThat(peer.readFrame(Peer.TEXT).payload()).asString().isEqualTo("beat me");
              text(peer, "something else");
              peer.send(Peer.frame(false, 0, Peer.TEXT, "bea".getBytes(UTF_8)));
              peer.send(Peer.frame(true, 0, 0, "ten".getBytes(UTF_8)));
              text(peer, "beaten");
              peer.readFrame(Peer.CLOSE);
            })) {
      Held held = runner.hold(server.ws("/"), HEARTBEAT);
      assertThat(held.result().success()).isTrue();
      held.beat(5);

      assertThat(held.answer()).isEqualTo(5);
      held.close(1000);
      assertThat(held.isUnanswered()).as("answers to nothing").isTrue();
    }
  }

  @Test
  void messagesThatCostTooMuchEndIt() throws Exception {
    byte[] large = new byte[60_000];
    Arrays.fill(large, (byte) 'a');
    try (ScriptedServer server =
        ScriptedServer.start(
            peer -> {
              peer.acceptUpgrade();
              peer.readFrame(Peer.TEXT);
              while (true) {
                peer.sendFrame(Peer.TEXT, large);
              }
            })) {
      Held held =
          runner.hold(
              server.ws("/"),
              Modules.of(
                  """
                  continuous = true
                  heartbeat { send = x, expect = "(a?){60}b" }
                  """));
      held.result();
      held.beat(5);

      assertThat(held.end().failure().reason()).isEqualTo(FailureReason.MESSAGE_MISMATCH);
    }
  }

  @Test
  void aPongOfItsOwnMakingIsLeftToTheHolder() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(
            peer -> {
              peer.acceptUpgrade();
              peer.sendFrame(Peer.PONG, ByteBuffer.allocate(8).putLong(77).array());
              peer.readFrame(Peer.CLOSE);
            })) {
      Held held = runner.hold(server.ws("/"), PINGS);
      held.result();

      assertThat(held.answer()).isEqualTo(77);
      held.close(1000);
    }
  }
}
