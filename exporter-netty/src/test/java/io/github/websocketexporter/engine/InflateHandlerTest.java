package io.github.websocketexporter.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.websocketexporter.testing.Deflated;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that a peer has compressed; those of RFC 7692, section 7.2.3, among them. */
class InflateHandlerTest {
  private static final int RSV1 = 4;
  private static final int LIMIT = 5_000;

  private final EmbeddedChannel channel = new EmbeddedChannel(new InflateHandler(LIMIT));

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "one block, f248cdc9c90700",
    "a block without compression, 000500faff48656c6c6f00",
    "a last block, f348cdc9c9070000",
    "two blocks, f248050000 00ffffcac9c90700"
  })
  void readsEachExampleOfTheRfc(String name, String payload) {
    assertThat(inflated(text(HexFormat.of().parseHex(payload.replace(" ", "")))))
        .containsExactly("Hello");
  }

  @Test
  void readsTheNextMessageInTheWindowOfTheOneBefore() {
    byte[] hello = HexFormat.of().parseHex("f248cdc9c90700");
    byte[] again = HexFormat.of().parseHex("f200110000");

    assertThat(inflated(text(hello), text(again), text(hello)))
        .containsExactly("Hello", "Hello", "Hello");
  }

  @Test
  void readsTheExampleOfTheRfcInFragments() {
    byte[] start = HexFormat.of().parseHex("f248cd");
    byte[] end = HexFormat.of().parseHex("c9c90700");

    assertThat(
            String.join(
                "",
                inflated(
                    new TextWebSocketFrame(false, RSV1, Unpooled.wrappedBuffer(start)),
                    new ContinuationWebSocketFrame(true, 0, Unpooled.wrappedBuffer(end)))))
        .isEqualTo("Hello");
  }

  @ParameterizedTest
  @CsvSource({"true, 6", "false, 6", "true, 9", "false, 9", "true, 1", "false, 1", "true, 0"})
  void readsAConversationHoweverItIsCompressed(boolean takeOver, int level) {
    Deflater deflater = new Deflater(level, true);
    Random random = new Random(1);
    for (int i = 0; i < 200; i++) {
      String message = ("message " + i % 7 + ' ').repeat(1 + random.nextInt(400));
      byte[] payload = new byte[LIMIT + 100];
      deflater.setInput(message.getBytes(UTF_8));
      int length = deflater.deflate(payload, 0, payload.length, Deflater.SYNC_FLUSH) - 4;

      assertThat(inflated(text(Arrays.copyOf(payload, length)))).containsExactly(message);
      if (!takeOver) {
        deflater.reset();
      }
    }
    deflater.end();
  }

  @Test
  void takesAnEndThatIsNotLeftOutForTheStartOfTheNextMessage() {
    byte[] whole = HexFormat.of().parseHex("f248cdc9c907000000ffff");
    byte[] next = HexFormat.of().parseHex("f248cdc9c90700");

    assertThat(inflated(text(whole))).containsExactly("Hello");
    assertThat(closeStatusAfter(text(next))).isEqualTo(WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
  }

  @Test
  void readsOnAfterALastBlock() {
    byte[] last = HexFormat.of().parseHex("f348cdc9c9070000");

    assertThat(inflated(text(last), text(last), text(Deflated.of("Goodbye"))))
        .containsExactly("Hello", "Hello", "Goodbye");
  }

  @Test
  void endsWhatBeginsAnewAgainAndAgain() {
    byte[] empty = new byte[LIMIT - 1];
    for (int i = 0; i < LIMIT - 2; i += 2) {
      empty[i] = 3; // A last block that holds nothing, in two bytes; behind all of them one begins.
    }

    WebSocketFrame[] frames =
        Stream.generate(() -> text(empty)).limit(8).toArray(WebSocketFrame[]::new);

    assertThatThrownBy(() -> inflated(frames)).isInstanceOf(TooLongFrameException.class);
  }

  @Test
  void readsAnEmptyMessage() {
    assertThat(inflated(text(new byte[1]), text(Deflated.of("not empty"))))
        .containsExactly("", "not empty");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 100})
  void readsFragmentsOfAnyLengthWithAPingBetweenThem(int length) {
    byte[] whole = Deflated.of("fragments of any length, any length at all");
    List<WebSocketFrame> frames = new ArrayList<>();
    for (int start = 0; start < whole.length; start += length) {
      int count = Math.min(length, whole.length - start);
      boolean last = start + count == whole.length;
      ByteBuf part = Unpooled.copiedBuffer(whole, start, count);
      frames.add(
          start == 0
              ? new TextWebSocketFrame(last, RSV1, part)
              : new ContinuationWebSocketFrame(last, 0, part));
      frames.add(new PingWebSocketFrame());
    }

    assertThat(String.join("", inflated(frames.toArray(WebSocketFrame[]::new))))
        .isEqualTo("fragments of any length, any length at all");
  }

  @Test
  void leavesAMessageAloneThatIsNotCompressed() {
    WebSocketFrame start = new TextWebSocketFrame(false, 0, "pl");
    WebSocketFrame end = new ContinuationWebSocketFrame(true, 0, "ain");

    assertThat(inflated(start, end, text(Deflated.of(" and not")), new PingWebSocketFrame()))
        .containsExactly("pl", "ain", " and not", "");
  }

  @Test
  void keepsTheKindOfAFrameAndTakesAwayTheReservedBit() {
    byte[] some = Deflated.of("some");
    channel.writeInbound(text(some));
    channel.writeInbound(new BinaryWebSocketFrame(false, RSV1, Unpooled.wrappedBuffer(some)));
    channel.writeInbound(new ContinuationWebSocketFrame(true, 0, Unpooled.EMPTY_BUFFER));

    for (Class<?> kind :
        List.of(
            TextWebSocketFrame.class,
            BinaryWebSocketFrame.class,
            ContinuationWebSocketFrame.class)) {
      WebSocketFrame frame = channel.readInbound();
      assertThat(frame).isInstanceOf(kind);
      assertThat(frame.rsv()).isZero();
      assertThat(frame.isFinalFragment()).isEqualTo(kind != BinaryWebSocketFrame.class);
      frame.release();
    }
  }

  @Test
  void readsAFrameOfTheLargestSize() {
    assertThat(inflated(text(Deflated.of("x".repeat(LIMIT))))).containsExactly("x".repeat(LIMIT));
  }

  @ParameterizedTest
  @ValueSource(ints = {LIMIT + 1, 32 << 20})
  void refusesALargerFrame(int length) {
    byte[] payload = Deflated.of(new byte[length]);

    assertThat(
            catchThrowableOfType(
                TooLongFrameException.class, () -> channel.writeInbound(text(payload))))
        .isNotNull();
  }

  @Test
  void readsAnyAmountOfWhatIsAsWellCompressedAsMessagesAre() {
    String digits =
        new Random(1)
            .ints(LIMIT / 4, 0, 10)
            .mapToObj(String::valueOf)
            .collect(Collectors.joining());
    String message = digits + "x".repeat(LIMIT - digits.length());
    byte[] payload = Deflated.of(message);
    assertThat(LIMIT / payload.length).isBetween(7, 9);

    for (int i = 0; i < 1_000; i++) {
      assertThat(inflated(text(payload))).containsExactly(message);
    }
  }

  @Test
  void refusesManyFramesInOneSecondThatAreFarBetterCompressed() {
    byte[] noise = new byte[LIMIT];
    new Random(1).nextBytes(noise);
    byte[] incompressible = Deflated.of(noise);
    channel.freezeTime();
    for (int i = 0; i < 1_000; i++) {
      inflated(text(incompressible)); // Earns nothing for later.
    }
    byte[] payload = Deflated.of("x".repeat(LIMIT));
    int frames = (2 << 20) / (LIMIT - 20 * payload.length);
    for (int second = 0; second < 60; second++) {
      for (int i = 0; i < frames; i++) {
        inflated(text(payload));
      }
      channel.advanceTimeBy(1, TimeUnit.SECONDS);
    }
    for (int i = 0; i < frames; i++) {
      inflated(text(payload));
    }

    assertThat(
            catchThrowableOfType(
                TooLongFrameException.class, () -> channel.writeInbound(text(payload))))
        .isNotNull();
  }

  @Test
  void refusesWhatNoDeflaterMakes() {
    byte[] noise = new byte[256];
    new Random(1).nextBytes(noise);
    noise[0] = 0x07; // A block of the kind that does not exist.

    assertThat(closeStatusAfter(text(noise))).isEqualTo(WebSocketCloseStatus.INVALID_PAYLOAD_DATA);
  }

  @Test
  void refusesEachReservedBitThatWasNotAgreedOn() {
    ByteBuf none = Unpooled.EMPTY_BUFFER;
    for (int rsv = 1; rsv < 8; rsv++) {
      assertThat(closeStatusAfter(new PingWebSocketFrame(true, rsv, none)))
          .isEqualTo(WebSocketCloseStatus.PROTOCOL_ERROR);
      assertThat(closeStatusAfter(new ContinuationWebSocketFrame(true, rsv, none)))
          .isEqualTo(WebSocketCloseStatus.PROTOCOL_ERROR);
      if (rsv != RSV1) {
        assertThat(closeStatusAfter(new TextWebSocketFrame(true, rsv, none)))
            .isEqualTo(WebSocketCloseStatus.PROTOCOL_ERROR);
      }
    }
  }

  private WebSocketCloseStatus closeStatusAfter(WebSocketFrame frame) {
    return catchThrowableOfType(
            CorruptedWebSocketFrameException.class, () -> channel.writeInbound(frame))
        .closeStatus();
  }

  private List<String> inflated(WebSocketFrame... frames) {
    channel.writeInbound((Object[]) frames);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < frames.length; i++) {
      WebSocketFrame frame = channel.readInbound();
      texts.add(frame.content().toString(UTF_8));
      frame.release();
    }
    return texts;
  }

  private static WebSocketFrame text(byte[] payload) {
    return new TextWebSocketFrame(true, RSV1, Unpooled.wrappedBuffer(payload));
  }
}
