package io.github.websocketexporter.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the fragments of messages together (RFC 6455, section 5.4), in one buffer. In place of
 * Netty's aggregator, which keeps each fragment with the buffer that it was read into, so that a
 * byte of a message can cost a thousand of memory.
 */
final class FragmentJoiner extends MessageToMessageDecoder<WebSocketFrame> {
  private final int maxBytes;
  private @Nullable ByteBuf message;
  private boolean text;

  /**
   * A handler for one connection, behind a decoder that lets no fragment pass out of its order.
   *
   * @param maxBytes the longest message that is read
   */
  FragmentJoiner(int maxBytes) {
    super(WebSocketFrame.class);
    this.maxBytes = maxBytes;
  }

  @Override
  protected void decode(ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) {
    ByteBuf begun = message;
    boolean whole = frame.isFinalFragment();
    if (frame instanceof ContinuationWebSocketFrame && begun != null) {
      append(begun, frame.content());
      if (whole) {
        message = null;
        out.add(text ? new TextWebSocketFrame(begun) : new BinaryWebSocketFrame(begun));
      }
    } else if (!whole
        && (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame)) {
      release();
      text = frame instanceof TextWebSocketFrame;
      message = context.alloc().buffer(frame.content().readableBytes(), maxBytes);
      append(message, frame.content());
    } else {
      out.add(frame.retain());
    }
  }

  private void append(ByteBuf begun, ByteBuf part) {
    if (part.readableBytes() > begun.maxWritableBytes()) {
      release();
      throw new TooLongFrameException("a message of more than " + maxBytes + " bytes");
    }
    begun.writeBytes(part);
  }

  private void release() {
    if (message != null) {
      message.release();
      message = null;
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    release();
  }
}
