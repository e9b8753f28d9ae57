package io.github.websocketexporter.engine;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.MessageToMessageDecoder;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketExtension;
import io.netty.util.concurrent.Ticker;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflates the messages that a peer has compressed (RFC 7692, section 7.2.2), frame by frame, and
 * holds it to the reserved bits that were agreed on, of which Netty's frame decoder lets all pass:
 * RSV1 at the start of a message.
 *
 * <p>In place of Netty's decoder, whose exceptions do not tell data that is too large from data
 * that is corrupt, and which takes a first frame too short to hold any text for the latter.
 *
 * <p>Inflating costs time of the event loop's, and a peer can make it cost a thousand times what it
 * sends: so frames may hold only so much more than a multiple of what came, and that much again
 * each second.
 */
final class InflateHandler extends MessageToMessageDecoder<WebSocketFrame> {
  /** The end of each message, which the peer leaves out. */
  private static final byte[] TAIL = {0x00, 0x00, (byte) 0xff, (byte) 0xff};

  private static final int STEP = 1_024;

  /** What it takes to begin anew behind a last block, in bytes that could be inflated meanwhile. */
  private static final int RESET = 256;

  /** How many bytes each byte that came may hold, as most messages do; deflate ends at 1,032. */
  private static final int MAX_RATIO = 20;

  /**
   * By how much frames may hold more than that within a second, in bytes: some repeat others whole.
   * It takes a few milliseconds.
   */
  private static final long MAX_EXCESS = 2 << 20;

  private final int maxFramePayload;
  private final Inflater inflater = new Inflater(true);
  private boolean compressed;
  private long resets;
  private long excess;
  private long excessNanos;

  /**
   * A handler for one connection.
   *
   * @param maxFramePayload the longest payload of a frame once it is inflated, in bytes
   */
  InflateHandler(int maxFramePayload) {
    super(WebSocketFrame.class);
    this.maxFramePayload = maxFramePayload;
  }

  @Override
  protected void decode(ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) {
    boolean start = frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
    if ((frame.rsv() & ~(start ? WebSocketExtension.RSV1 : 0)) != 0) {
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.PROTOCOL_ERROR, "reserved bits that were not agreed on");
    }
    if (start) {
      compressed = frame.rsv() != 0;
    }
    boolean data = start || frame instanceof ContinuationWebSocketFrame;
    out.add(data && compressed ? inflated(context, frame) : frame.retain());
  }

  private WebSocketFrame inflated(ChannelHandlerContext context, WebSocketFrame frame) {
    boolean last = frame.isFinalFragment();
    // Its array is what the inflater writes to; one byte more than allowed shows that there is
    // more.
    ByteBuf payload = context.alloc().heapBuffer(STEP, maxFramePayload + 1);
    int received = frame.content().readableBytes();
    resets = 0;
    try {
      inflate(frame.content().nioBuffer(), payload);
      if (last) {
        inflate(ByteBuffer.wrap(TAIL), payload);
      }
      long taken = payload.readableBytes() + resets * RESET;
      exceed(taken - (long) MAX_RATIO * received, context.executor().ticker());
    } catch (DataFormatException e) {
      payload.release();
      throw new CorruptedWebSocketFrameException(
          WebSocketCloseStatus.INVALID_PAYLOAD_DATA, "not what a deflater makes");
    } catch (TooLongFrameException e) {
      payload.release();
      throw e;
    }
    if (frame instanceof TextWebSocketFrame) {
      return new TextWebSocketFrame(last, 0, payload);
    }
    return frame instanceof BinaryWebSocketFrame
        ? new BinaryWebSocketFrame(last, 0, payload)
        : new ContinuationWebSocketFrame(last, 0, payload);
  }

  private void exceed(long bytes, Ticker ticker) {
    long now = ticker.nanoTime();
    long earned = (now - excessNanos) / (TimeUnit.SECONDS.toNanos(1) / MAX_EXCESS);
    excessNanos = now;
    excess = Math.max(0, Math.max(0, excess - earned) + bytes);
    if (excess > MAX_EXCESS) {
      throw new TooLongFrameException("far more than came when inflated");
    }
  }

  private void inflate(ByteBuffer bytes, ByteBuf payload) throws DataFormatException {
    inflater.setInput(bytes);
    int count;
    do {
      payload.ensureWritable(Math.min(STEP, payload.maxWritableBytes()));
      int end = payload.writerIndex();
      count =
          inflater.inflate(payload.array(), payload.arrayOffset() + end, payload.capacity() - end);
      payload.writerIndex(end + count);
      if (payload.readableBytes() > maxFramePayload) {
        throw new TooLongFrameException("more than " + maxFramePayload + " bytes when inflated");
      }
      if (inflater.finished()) {
        // A block that says it is the last one (RFC 7692, section 7.2.3.4): another one follows.
        resets++;
        inflater.reset();
        inflater.setInput(bytes);
      }
    } while (count > 0 || bytes.hasRemaining());
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    inflater.end();
  }
}
