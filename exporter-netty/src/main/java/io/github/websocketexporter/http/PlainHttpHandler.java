package io.github.websocketexporter.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;

/**
 * Stands before TLS until the first byte of the client's has come. Where that is a letter, with
 * which a request of HTTP begins and no record of TLS, it tells the client what is wrong, in plain
 * HTTP as well.
 */
final class PlainHttpHandler extends ChannelInboundHandlerAdapter {
  private boolean answered;

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (answered) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof ByteBuf bytes && isLetter(bytes)) {
      answered = true;
      bytes.release();
      Response answer =
          Response.text(HttpResponseStatus.BAD_REQUEST, "TLS is spoken here: ask with https.");
      context
          .writeAndFlush(answer.encode(context.alloc(), HttpVersion.HTTP_1_1, false, false))
          .addListener(ChannelFutureListener.CLOSE);
    } else {
      context.fireChannelRead(message);
      context.pipeline().remove(this);
    }
  }

  private static boolean isLetter(ByteBuf bytes) {
    byte first = bytes.getByte(bytes.readerIndex());
    return first >= 'A' && first <= 'Z';
  }
}
