package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.websocketexporter.testing.Deflated;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What comes in when a connection is ending costs nothing: a peer may send a lot of it. */
class CloseHandlerTest {
  private static final int RSV1 = 4;
  private static final int LIMIT = 5_000;

  private final List<Throwable> violations = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  CloseHandlerTest() {
    channel
        .pipeline()
        .addLast(HandlerNames.INFLATE, new InflateHandler(LIMIT))
        .addLast(HandlerNames.UTF8, new Utf8FrameValidator(false))
        .addLast(HandlerNames.FRAGMENTS, new WebSocketFrameAggregator(LIMIT))
        .addLast(HandlerNames.CLOSE, new CloseHandler(new Closings(1)))
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
                violations.add(cause);
              }
            });
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  static Stream<Arguments> violations() {
    return Stream.of(
        violation("a reserved bit", () -> new PingWebSocketFrame(true, RSV1, bytes())),
        violation("no data", () -> new TextWebSocketFrame(true, RSV1, bytes((byte) 0x07))),
        violation("no UTF-8", () -> new TextWebSocketFrame(true, 0, bytes((byte) 0xff))),
        violation(
            "a bomb",
            () -> new TextWebSocketFrame(true, RSV1, bytes(Deflated.of(new byte[LIMIT + 1])))));
  }

  @ParameterizedTest
  @MethodSource("violations")
  void isAViolationOnceHoweverOftenItComes(Supplier<WebSocketFrame> violation) {
    for (int i = 0; i < 3; i++) {
      channel.writeInbound(violation.get());
    }

    assertThat(violations).hasSize(1);
    assertThat(channel.inboundMessages()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("violations")
  void isNoViolationOnceTheProbeHasEnded(Supplier<WebSocketFrame> violation) {
    CloseHandler.end(channel, true);
    channel.writeInbound(violation.get());
    channel.writeInbound(new CloseWebSocketFrame(WebSocketCloseStatus.NORMAL_CLOSURE));

    assertThat(violations).isEmpty();
    assertThat(channel.inboundMessages()).isEmpty();
  }

  private static Arguments violation(String name, Supplier<WebSocketFrame> violation) {
    return argumentSet(name, violation);
  }

  private static ByteBuf bytes(byte... bytes) {
    return Unpooled.wrappedBuffer(bytes);
  }
}
