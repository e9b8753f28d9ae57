package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a probe's connection ends, in the background, after the answer.
 *
 * <p>The side of a TCP connection that closes first keeps its port in TIME_WAIT for a minute: an
 * exporter that did so would run out of ports towards a target that it probes often. A WebSocket's
 * server closes first (RFC 6455, section 7.1.1), so an established one gets a Close frame and a
 * moment to do that; whatever is still open then, or was not established, is reset.
 */
final class Farewell {
  private static final long PATIENCE_MILLIS = 1_000;

  private Farewell() {}

  /**
   * Ends an established WebSocket.
   *
   * @param reason why the probe failed, which decides the status code of the Close frame; null if
   *     it succeeded
   */
  static void say(Channel channel, @Nullable FailureReason reason) {
    if (!channel.isActive()) {
      reset(channel);
      return;
    }
    channel.writeAndFlush(new CloseWebSocketFrame(status(reason)));
    ScheduledFuture<?> patience =
        channel.eventLoop().schedule(() -> reset(channel), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    channel.closeFuture().addListener(closed -> patience.cancel(false));
  }

  /**
   * Ends a connection at once, without TIME_WAIT and without waiting for TLS to flush its alert.
   */
  static void reset(Channel channel) {
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    if (channel.pipeline().context(HandlerNames.ARRIVAL) != null) {
      channel.pipeline().context(HandlerNames.ARRIVAL).close();
    } else {
      channel.close();
    }
  }

  private static WebSocketCloseStatus status(@Nullable FailureReason reason) {
    if (reason == FailureReason.PROTOCOL_VIOLATION) {
      return WebSocketCloseStatus.PROTOCOL_ERROR;
    }
    return reason == FailureReason.FRAME_TOO_LARGE
        ? WebSocketCloseStatus.MESSAGE_TOO_BIG
        : WebSocketCloseStatus.NORMAL_CLOSURE;
  }
}
