package io.github.websocketexporter.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import org.jspecify.annotations.Nullable;

/**
 * Answers the server's PINGs (RFC 6455, section 5.5.2) from the 101 to the Close, which lets none
 * pass any more. A server that floods a probe with them cannot make it send all day: of those that
 * come in one turn the first sixteen and the last one are answered, where the last alone would do
 * (section 5.5.3), when all has been read; and none while the server takes no PONGs.
 */
final class PongHandler extends SimpleChannelInboundHandler<PingWebSocketFrame> {
  private static final int MOST = 16;

  private int answered;

  /** The payload of the last one beyond those. */
  private @Nullable ByteBuf last;

  @Override
  protected void channelRead0(ChannelHandlerContext context, PingWebSocketFrame ping) {
    if (!context.channel().isWritable()) {
      return;
    }
    if (answered < MOST) {
      answered++;
      context.write(new PongWebSocketFrame(ping.content().retain()));
    } else {
      forgetLast();
      last = ping.content().retain();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (last != null) {
      context.write(new PongWebSocketFrame(last));
      last = null;
    }
    if (answered > 0) {
      answered = 0;
      context.flush();
    }
    context.fireChannelReadComplete();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    forgetLast();
  }

  private void forgetLast() {
    if (last != null) {
      last.release();
      last = null;
    }
  }
}
