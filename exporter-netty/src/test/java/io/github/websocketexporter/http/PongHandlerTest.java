package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.timeout.IdleStateHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The server's side of the exporter's own WebSocket, and its bounds. */
class PongHandlerTest {
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void freeze() {
    channel.freezeTime();
    channel.pipeline().addLast(new IdleStateHandler(60, 0, 0), new PongHandler());
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void advance(long seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void aPingIsAnsweredWithItsOwnPayload() {
    channel.writeInbound(new PingWebSocketFrame(Unpooled.wrappedBuffer(new byte[] {1, 2})));

    PongWebSocketFrame pong = channel.readOutbound();
    assertThat(ByteBufUtil.getBytes(pong.content())).containsExactly(1, 2);
    pong.release();
    assertThat(channel.<Object>readOutbound()).isNull();
  }

  @Test
  void aContinuationIsDataToo() {
    channel.writeInbound(new ContinuationWebSocketFrame(true, 0, Unpooled.EMPTY_BUFFER));

    CloseWebSocketFrame close = channel.readOutbound();
    assertThat(close.statusCode()).isEqualTo(WebSocketCloseStatus.INVALID_MESSAGE_TYPE.code());
    close.release();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void pingsKeepItOpenAndSilenceClosesIt() {
    advance(59);
    channel.writeInbound(new PingWebSocketFrame());
    ReferenceCountUtil.release(channel.readOutbound());
    advance(59);
    assertThat(channel.isOpen()).isTrue();

    advance(1);

    CloseWebSocketFrame close = channel.readOutbound();
    assertThat(close.statusCode()).isEqualTo(WebSocketCloseStatus.NORMAL_CLOSURE.code());
    close.release();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aClientThatDoesNotTakeItsPongsIsReadNoMoreUntilItDoes() {
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(8, 16));
    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isFalse();

    channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
    channel.runPendingTasks();
    assertThat(channel.config().isAutoRead()).isTrue();
  }

  @Test
  void aClientThatDoesNotEvenTakeTheCloseIsCutOff() {
    channel
        .pipeline()
        .addFirst(
            new ChannelOutboundHandlerAdapter() {
              @Override
              public void write(
                  ChannelHandlerContext context, Object message, ChannelPromise promise) {
                ReferenceCountUtil.release(message); // and its promise is never kept
              }
            });
    advance(60);
    assertThat(channel.isOpen()).isTrue();

    advance(60);

    assertThat(channel.isOpen()).isFalse();
  }
}
