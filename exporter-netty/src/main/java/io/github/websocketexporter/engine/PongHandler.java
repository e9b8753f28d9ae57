package io.github.websocketexporter.engine;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;

/**
 * Answers the server's PINGs (RFC 6455, section 5.5.2) from the 101 to the Close, which lets none
 * pass any more. Those that come in one read are answered by one send: a server that floods a probe
 * with them could make it send all day. One that takes no PONGs gets no more of them.
 */
final class PongHandler extends SimpleChannelInboundHandler<PingWebSocketFrame> {
  private boolean answered;

  @Override
  protected void channelRead0(ChannelHandlerContext context, PingWebSocketFrame ping) {
    if (context.channel().isWritable()) {
      answered = true;
      context.write(new PongWebSocketFrame(ping.content().retain()));
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    if (answered) {
      answered = false;
      context.flush();
    }
    context.fireChannelReadComplete();
  }
}
