package io.github.websocketexporter.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * Turns away one connection too many: a 503, then the end. What the client sends is dropped, and
 * the connection closed when the client has closed it, or after a second: to close it with bytes
 * unread would reset it, and the answer could be lost (RFC 9112, section 9.6).
 */
final class ConnectionRefusal extends ChannelInboundHandlerAdapter {
  private static final long PATIENCE_MILLIS = 1_000;
  private static final ByteBuf ANSWER =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer(
              "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
                  + "Content-Length: 0\r\n\r\n",
              StandardCharsets.US_ASCII));

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    context.read();
    context.writeAndFlush(ANSWER.duplicate()).addListener(sent -> endOutput(context));
    context.executor().schedule(() -> context.close(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }

  private static void endOutput(ChannelHandlerContext context) {
    if (context.channel() instanceof DuplexChannel channel && channel.isActive()) {
      channel.shutdownOutput();
    } else {
      context.close();
    }
  }
}
