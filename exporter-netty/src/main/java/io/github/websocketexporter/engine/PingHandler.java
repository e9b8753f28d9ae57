package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.RoundTrip;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Promise;

/**
 * Waits for the PONG with one payload. Other PONGs and data change nothing, PINGs of the server's
 * are answered, a Close ends the waiting. Removes itself when its PONG has come.
 */
final class PingHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
  private final ProbeAttempt attempt;
  private final long payload;
  private final Promise<Void> done;
  private long sentNanos;
  private int unmatched;

  PingHandler(ProbeAttempt attempt, long payload, Promise<Void> done) {
    this.attempt = attempt;
    this.payload = payload;
    this.done = done;
  }

  /** Notes that the PING is handed to the socket at {@code nanos}. */
  void sentAt(long nanos) {
    sentNanos = nanos;
    attempt.pings(new PingStatistics(1, 0, 0, null));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (frame instanceof PongWebSocketFrame) {
      pongReceived(context, frame.content());
    } else if (frame instanceof PingWebSocketFrame) {
      answer(context, frame);
    } else if (frame instanceof CloseWebSocketFrame) {
      done.tryFailure(new ProbeFailure(FailureReason.CLOSED_BY_PEER));
    }
  }

  /** A server that floods us with PINGs and takes no PONGs gets no more of them. */
  private static void answer(ChannelHandlerContext context, WebSocketFrame ping) {
    if (context.channel().isWritable()) {
      context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
    }
  }

  private void pongReceived(ChannelHandlerContext context, ByteBuf content) {
    if (content.readableBytes() != Long.BYTES
        || content.getLong(content.readerIndex()) != payload) {
      unmatched++;
      attempt.pings(new PingStatistics(1, 0, unmatched, null));
      return;
    }
    long rttNanos = Math.max(0, attempt.arrival().lastReadNanos() - sentNanos);
    attempt.pings(
        new PingStatistics(1, 1, unmatched, new RoundTrip(rttNanos, 0, ArrivalClock.LOOP)));
    context.pipeline().remove(this);
    done.trySuccess(null);
  }
}
