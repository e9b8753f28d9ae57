package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.FailureReason.FRAME_TOO_LARGE;
import static io.github.websocketexporter.probe.FailureReason.PROTOCOL_VIOLATION;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Servers that violate RFC 6455 after the PING: the reason, and the status code that goes out. */
class ViolationProbeTest extends EngineTest {
  private static final byte[] EMPTY = {};
  private static final byte[] SOME = "data".getBytes(UTF_8);

  ViolationProbeTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @ParameterizedTest
  @MethodSource
  void answersAnInvalidFrameWith1002(byte[]... frames) throws Exception {
    assertAnswered(1002, PROTOCOL_VIOLATION, frames);
  }

  static Stream<Arguments> answersAnInvalidFrameWith1002() {
    return Stream.of(heads(), fragments(), opcodes(), lengths(), closes()).flatMap(each -> each);
  }

  private static Stream<Arguments> heads() {
    return Stream.of(
        violation("masked text", Peer.maskedFrame(Peer.TEXT, SOME)),
        violation("masked PONG", Peer.maskedFrame(Peer.PONG, EMPTY)),
        violation("reserved bit 1 of text", Peer.frame(true, 4, Peer.TEXT, SOME)),
        violation("reserved bit 2 of text", Peer.frame(true, 2, Peer.TEXT, SOME)),
        violation("reserved bit 3 of text", Peer.frame(true, 1, Peer.TEXT, SOME)),
        violation("reserved bit 1 of a PONG", Peer.frame(true, 4, Peer.PONG, SOME)),
        violation("reserved bit 2 of a PONG", Peer.frame(true, 2, Peer.PONG, SOME)),
        violation("reserved bit 3 of a PONG", Peer.frame(true, 1, Peer.PONG, SOME)),
        violation("all reserved bits of a Close", Peer.frame(true, 7, Peer.CLOSE, EMPTY)));
  }

  private static Stream<Arguments> fragments() {
    byte[] start = Peer.frame(false, 0, Peer.TEXT, SOME);
    return Stream.of(
        violation("fragmented PING", Peer.frame(false, 0, Peer.PING, SOME)),
        violation("fragmented PONG", Peer.frame(false, 0, Peer.PONG, SOME)),
        violation("fragmented Close", Peer.frame(false, 0, Peer.CLOSE, EMPTY)),
        violation("last fragment of nothing", Peer.frame(true, 0, 0, SOME)),
        violation("fragment of nothing", Peer.frame(false, 0, 0, SOME)),
        violation("text within a message", start, Peer.frame(Peer.TEXT, SOME)),
        violation("binary data within a message", start, Peer.frame(Peer.BINARY, SOME)),
        violation("start within a message", start, start));
  }

  private static Stream<Arguments> opcodes() {
    return IntStream.of(0x3, 0x4, 0x5, 0x6, 0x7, 0xB, 0xC, 0xD, 0xE, 0xF)
        .mapToObj(opcode -> violation("opcode " + opcode, Peer.frame(opcode, SOME)));
  }

  private static Stream<Arguments> lengths() {
    return Stream.of(
        violation("PING of 126 bytes", Peer.frame(Peer.PING, new byte[126])),
        violation("PONG of 126 bytes", Peer.frame(Peer.PONG, new byte[126])),
        violation("Close of 126 bytes", Peer.frame(Peer.CLOSE, Peer.status(1000, "x".repeat(124)))),
        violation("PING of 2^62 bytes", head(Peer.PING, 1L << 62)),
        violation("125 bytes in two bytes", HexFormat.of().parseHex("827e007d")),
        violation("10 bytes in eight bytes", head(Peer.BINARY, 10)),
        violation("65,535 bytes in eight bytes", head(Peer.BINARY, 65_535)),
        violation("2^63 bytes", head(Peer.BINARY, Long.MIN_VALUE)),
        violation("2^64-1 bytes", head(Peer.BINARY, -1)));
  }

  private static Stream<Arguments> closes() {
    return Stream.concat(
        Stream.of(violation("Close with half a code", Peer.frame(Peer.CLOSE, new byte[1]))),
        IntStream.of(0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 32_767, 32_768, 65_535)
            .mapToObj(
                code -> violation("code " + code, Peer.frame(Peer.CLOSE, Peer.status(code)))));
  }

  @ParameterizedTest
  @MethodSource
  void answersTextThatIsNotUtf8With1007(byte[]... frames) throws Exception {
    assertAnswered(1007, PROTOCOL_VIOLATION, frames);
  }

  static Stream<Arguments> answersTextThatIsNotUtf8With1007() {
    byte[] start = Peer.frame(false, 0, Peer.TEXT, hex("ce"));
    return Stream.of(
        violation("a byte that is never valid", Peer.frame(Peer.TEXT, hex("61ff62"))),
        violation("a surrogate", Peer.frame(Peer.TEXT, hex("eda080"))),
        violation("more bytes than needed", Peer.frame(Peer.TEXT, hex("c0af"))),
        violation("a character cut off", Peer.frame(Peer.TEXT, hex("61ce"))),
        violation("an invalid first fragment", Peer.frame(false, 0, Peer.TEXT, hex("ff"))),
        violation("an invalid fragment", start, Peer.frame(false, 0, 0, hex("61"))),
        violation("an invalid last fragment", start, Peer.frame(true, 0, 0, hex("61"))),
        violation("a last fragment cut off", start, Peer.frame(true, 0, 0, EMPTY)),
        violation("reason of a Close", Peer.frame(Peer.CLOSE, hex("03e8ff"))),
        violation("reason of a Close cut off", Peer.frame(Peer.CLOSE, hex("03e861ce"))));
  }

  @ParameterizedTest
  @MethodSource
  void answersAFrameThatIsTooLargeWith1009(byte[]... frames) throws Exception {
    assertAnswered(1009, FRAME_TOO_LARGE, frames);
  }

  static Stream<Arguments> answersAFrameThatIsTooLargeWith1009() {
    return Stream.of(
        violation("one byte too many", head(Peer.BINARY, 65_537)),
        violation("1 MiB", head(Peer.TEXT, 1 << 20)),
        violation("2^31 bytes", head(Peer.BINARY, 1L << 31)),
        violation("2^62 bytes", head(Peer.BINARY, 1L << 62)),
        violation("2^63-1 bytes", head(Peer.BINARY, Long.MAX_VALUE)));
  }

  @Test
  void takesCharactersThatAreSplitBetweenFragments() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          byte[] pong = Peer.frame(Peer.PONG, peer.readFrame(Peer.PING).payload());
          peer.send(Peer.frame(Peer.BINARY, hex("ff")));
          peer.send(Peer.frame(false, 0, Peer.TEXT, hex("f09f")));
          peer.send(Peer.frame(Peer.PONG, hex("ff")));
          peer.send(Peer.frame(false, 0, 0, hex("98")));
          peer.send(concat(Peer.frame(true, 0, 0, hex("80")), pong));
          assertThat(peer.readFrame(Peer.CLOSE).closeStatus()).isEqualTo(1000);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING).pongCame(1);
    }
  }

  /** The PONG comes behind the violation in the same read, and must not count any more. */
  private void assertAnswered(int status, FailureReason reason, byte[]... frames) throws Exception {
    CompletableFuture<Frame> close = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          byte[] pong = Peer.frame(Peer.PONG, peer.readFrame(Peer.PING).payload());
          peer.send(concat(concat(frames), pong));
          close.complete(peer.readFrame(Peer.CLOSE));
          peer.sendEof();
          assertThat(peer.read()).as("what comes after the Close").isEqualTo(-1);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/")))
          .failedWith(reason, CONNECT, UPGRADE, PING)
          .pongMissing(0);
      assertThat(await(close).masked()).isTrue();
      assertThat(await(close).closeStatus()).isEqualTo(status);
    }
  }

  private static Arguments violation(String name, byte[]... frames) {
    return argumentSet(name, (Object) frames);
  }

  /** The head of a frame that gives its length in eight bytes. */
  private static byte[] head(int opcode, long length) {
    return ByteBuffer.allocate(10)
        .put((byte) (0x80 | opcode))
        .put((byte) 127)
        .putLong(length)
        .array();
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] concat(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
