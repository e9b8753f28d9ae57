package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.MESSAGES;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Deflated;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Probes that offer permessage-deflate. */
class CompressionProbeTest extends EngineTest {
  private static final ProbeModule COMPRESSING = Modules.of("compression = true");
  private static final String AGREED = "Sec-WebSocket-Extensions: permessage-deflate";
  private static final int RSV1 = 4;

  CompressionProbeTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void takesNoForAnAnswer() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      ProbeResult result = runner.probe(server.ws("/"), COMPRESSING);

      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING);
      assertThat(result.upgrade()).extracting(facts -> facts.extensions()).isNull();
      assertThat(server.awaitRequest().value("Sec-WebSocket-Extensions"))
          .isEqualTo("permessage-deflate");
    }
  }

  @Test
  void offersNothingUnlessTheModuleAsksForIt() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      runner.probe(server.ws("/"), Modules.of("compression = false"));

      assertThat(server.awaitRequest().values("Sec-WebSocket-Extensions")).isEmpty();
    }
  }

  @Test
  void failsWhereTheServerAnswersWithWhatWasNotOffered() throws Exception {
    for (String[] answer :
        new String[][] {
          {"Sec-WebSocket-Extensions: x-other"},
          {AGREED + "; client_max_window_bits=15"},
          {AGREED, AGREED}
        }) {
      assertThat(answered(answer)).failedWith(FailureReason.UPGRADE_EXTENSION, CONNECT, UPGRADE);
    }
  }

  private ProbeResult answered(String... fields) throws IOException {
    ScriptedServer.Script script =
        peer -> {
          peer.send(Peer.switchingProtocols(peer.readRequestHead(), fields));
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      return runner.probe(server.ws("/"), COMPRESSING);
    }
  }

  @Test
  void readsCompressedMessagesBeforeThePong() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.send(
              Peer.switchingProtocols(
                  peer.readRequestHead(), AGREED + "; server_no_context_takeover"));
          Frame ping = peer.readFrame(Peer.PING);
          assertThat(ping.rsv()).isZero();
          peer.send(Peer.frame(true, RSV1, Peer.TEXT, Deflated.of("größer als ein Byte")));
          peer.send(Peer.frame(true, 0, Peer.TEXT, new byte[] {'x'}));
          peer.send(Peer.frame(true, RSV1, Peer.BINARY, Deflated.of(new byte[65_536])));
          peer.sendFrame(Peer.PONG, ping.payload());
          assertThat(peer.readFrame(Peer.CLOSE).closeStatus()).isEqualTo(1000);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result = runner.probe(server.ws("/"), COMPRESSING);

      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
      assertThat(result.upgrade())
          .extracting(facts -> facts.extensions())
          .isEqualTo("permessage-deflate; server_no_context_takeover");
    }
  }

  @Test
  void readsTheExamplesOfTheRfcAsTheyAreOnTheWire() throws Exception {
    String hello = "c107f248cdc9c90700";
    String fragmented = "4103f248cd" + "8900" + "8004c9c90700";
    String again = "c105f200110000";
    String stored = "c10b000500faff48656c6c6f00";
    String last = "c108f348cdc9c9070000";
    String twoBlocks = "c10df24805000000ffffcac9c90700";
    String plain = "810548656c6c6f";
    String all = hello + again + fragmented + stored + last + twoBlocks + plain + hello;
    ScriptedServer.Script script =
        peer -> {
          peer.send(Peer.switchingProtocols(peer.readRequestHead(), AGREED));
          peer.send(HexFormat.of().parseHex(all));
          peer.readFrame(Peer.PONG);
          peer.pong();
          peer.readFrame(Peer.CLOSE);
        };
    String step = "{ expect = \"^Hello$\" }, ";
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(
              runner.probe(
                  server.ws("/"),
                  Modules.of("compression = true, messages = [" + step.repeat(8) + "]")))
          .succeededAfter(CONNECT, UPGRADE, MESSAGES, PING);
    }
  }

  @Test
  void compressesTheMessagesOfAModuleAndReadsTheirAnswers() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.send(Peer.switchingProtocols(peer.readRequestHead(), AGREED));
          for (int i = 0; i < 2; i++) {
            Frame question = peer.readFrame(Peer.TEXT);
            assertThat(question.rsv()).isEqualTo(RSV1);
            String answer = "re: " + Deflated.text(question.payload());
            peer.send(Peer.frame(true, RSV1, Peer.TEXT, Deflated.of(answer)));
          }
          peer.pong();
          peer.readFrame(Peer.CLOSE);
        };
    String module = "compression = true, messages = [%s, %s]";
    String step = "{ send = question, expect = \"^re: question$\" }";
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"), Modules.of(module.formatted(step, step))))
          .succeededAfter(CONNECT, UPGRADE, MESSAGES, PING);
    }
  }

  @ParameterizedTest
  @MethodSource
  void endsAViolationWithItsStatus(int status, FailureReason reason, byte[]... frames)
      throws Exception {
    CompletableFuture<Integer> closeStatus = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.send(Peer.switchingProtocols(peer.readRequestHead(), AGREED));
          byte[] payload = peer.readFrame(Peer.PING).payload();
          for (byte[] frame : frames) {
            peer.send(frame);
          }
          peer.sendFrame(Peer.PONG, payload);
          closeStatus.complete(peer.readFrame(Peer.CLOSE).closeStatus());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"), COMPRESSING))
          .failedWith(reason, CONNECT, UPGRADE, PING)
          .pongMissing(0);
      assertThat(await(closeStatus)).isEqualTo(status);
    }
  }

  static Stream<Arguments> endsAViolationWithItsStatus() {
    byte[] text = Deflated.of("text");
    byte[] close = Peer.status(1000);
    byte[] start = Peer.frame(false, RSV1, Peer.TEXT, text);
    FailureReason violation = FailureReason.PROTOCOL_VIOLATION;
    return Stream.of(
        violation("RSV2", 1002, violation, Peer.frame(true, 2, Peer.TEXT, text)),
        violation("RSV1 and RSV3", 1002, violation, Peer.frame(true, 5, Peer.TEXT, text)),
        violation("RSV1 of a PONG", 1002, violation, Peer.frame(true, RSV1, Peer.PONG, text)),
        violation("RSV1 of a Close", 1002, violation, Peer.frame(true, RSV1, Peer.CLOSE, close)),
        violation("RSV1 of a fragment", 1002, violation, start, Peer.frame(true, RSV1, 0, text)),
        violation("no data", 1007, violation, Peer.frame(true, RSV1, Peer.TEXT, new byte[] {7})),
        violation(
            "text that is not UTF-8",
            1007,
            violation,
            Peer.frame(true, RSV1, Peer.TEXT, Deflated.of(new byte[] {(byte) 0xff}))),
        violation(
            "a bomb",
            1009,
            FailureReason.FRAME_TOO_LARGE,
            Peer.frame(true, RSV1, Peer.BINARY, Deflated.of(new byte[32 << 20]))),
        violation(
            "one byte too many",
            1009,
            FailureReason.FRAME_TOO_LARGE,
            Peer.frame(true, RSV1, Peer.BINARY, Deflated.of(new byte[65_537]))));
  }

  private static Arguments violation(
      String name, int status, FailureReason reason, byte[]... frames) {
    return argumentSet(name, status, reason, frames);
  }
}
