package io.github.websocketexporter.http;

import io.github.websocketexporter.http.RequestTimer.State;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the requests of a connection, one at a time: behind a whole request it waits until it is
 * told to {@linkplain #proceed() proceed}. Bytes of the next one that have come along stay bytes
 * until then, and nothing more is read from the client, so that what a client pipelines takes no
 * more memory than one read. (While nothing is read, NIO does not see that a client hangs up.)
 */
final class RequestDecoder extends HttpRequestDecoder {
  private enum Mode {
    /** Nothing of the next request has come. */
    AWAITING,
    /** A request is coming in. */
    RECEIVING,
    /** A request is being answered. */
    HOLDING,
    /** No request is wanted any more. */
    DROPPING
  }

  /** Beyond it, the lines of a request are long for a scraper. */
  private static final int TYPICAL_REQUEST = 2_048;

  private final HttpDecoderConfig limits;
  private final RequestTimer timer;
  private @Nullable ChannelHandlerContext context;
  private Mode mode = Mode.AWAITING;
  private int requestBytes;
  private int longestBytes;
  private boolean paused;
  private boolean reading;

  /**
   * A decoder for one connection.
   *
   * @param timer is told when a request begins to come in
   */
  RequestDecoder(HttpDecoderConfig limits, RequestTimer timer) {
    super(limits);
    this.limits = limits;
    this.timer = timer;
  }

  /**
   * This decoder, or one to put in its place: Netty's keeps a buffer as large as the longest line
   * that it has ever read, which an idle connection shall not hold.
   */
  RequestDecoder forIdleConnection() {
    return mode == Mode.AWAITING && longestBytes > TYPICAL_REQUEST
        ? new RequestDecoder(limits, timer)
        : this;
  }

  /** Whether nothing of another request has come since the last one. */
  boolean isAwaiting() {
    return mode == Mode.AWAITING;
  }

  /** Whether bytes have come behind the request that is being answered. */
  boolean isHoldingBytes() {
    return paused;
  }

  /** Goes on to the next request. */
  void proceed() {
    mode = Mode.AWAITING;
    goOn();
  }

  /** Throws away whatever has come and comes. */
  void drop() {
    mode = Mode.DROPPING;
    goOn();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    this.context = context;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) throws Exception {
    boolean outermost = !reading;
    reading = true;
    try {
      super.channelRead(context, bytes);
    } finally {
      reading = !outermost;
    }
  }

  /** Netty reads on, auto-read or not, where a read has brought no message. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) throws Exception {
    if (paused) {
      context.fireChannelReadComplete();
    } else {
      super.channelReadComplete(context);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
      throws Exception {
    switch (mode) {
      case HOLDING -> {
        paused = true;
        context.channel().config().setAutoRead(false);
      }
      case DROPPING -> bytes.skipBytes(bytes.readableBytes());
      case AWAITING, RECEIVING -> decodeRequest(context, bytes, out);
    }
  }

  private void decodeRequest(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
      throws Exception {
    if (mode == Mode.AWAITING) {
      mode = Mode.RECEIVING;
      timer.enter(State.RECEIVING);
      requestBytes = 0;
    }
    int before = bytes.readableBytes();
    super.decode(context, bytes, out);
    requestBytes += before - bytes.readableBytes();
    longestBytes = Math.max(longestBytes, requestBytes);
    if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
      mode = Mode.HOLDING;
    }
  }

  /** Nobody waits for the answer to a request that the end of the connection cut off. */
  @Override
  protected void decodeLast(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) {
    bytes.skipBytes(bytes.readableBytes());
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
    resumeReading(context);
    super.handlerRemoved0(context);
  }

  private void goOn() {
    ChannelHandlerContext own = Objects.requireNonNull(context);
    if (resumeReading(own) && !reading) {
      try {
        channelRead(own, Unpooled.EMPTY_BUFFER);
      } catch (Exception e) {
        own.fireExceptionCaught(e);
      }
    }
  }

  private boolean resumeReading(ChannelHandlerContext context) {
    boolean resumes = paused;
    if (paused) {
      paused = false;
      context.channel().config().setAutoRead(true);
    }
    return resumes;
  }
}
