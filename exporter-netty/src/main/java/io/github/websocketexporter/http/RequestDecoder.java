package io.github.websocketexporter.http;

import io.github.websocketexporter.http.RequestTimer.State;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the requests of a connection, one at a time: behind a whole request it waits until it is
 * told to {@linkplain #proceed() proceed}. Bytes of the next one that have come along stay bytes
 * until then, and when they are many nothing more is read from the client, so that what it
 * pipelines takes little memory. (While nothing is read, NIO does not see that a client hangs up.)
 * It takes its turn with all other connections, too: what has been pipelined waits for the next
 * turn of the event loop.
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

  /** With so many bytes waiting, no more are read. */
  private static final int MAX_HELD = 16_384;

  /** Beyond it, the lines of a request are long for a scraper. */
  private static final int TYPICAL_REQUEST = 2_048;

  private static final byte[] EMPTY_LINE = {'\r', '\n'};

  private final HttpDecoderConfig limits;
  private final RequestTimer timer;
  private @Nullable ChannelHandlerContext context;
  private Mode mode = Mode.AWAITING;
  private int requestBytes;
  private int longestBytes;
  private int emptyLine;
  private boolean holding;
  private boolean paused;
  private boolean reading;
  private boolean proceeds;

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

  /** Whether nothing of another request has come since the last one. */
  boolean isAwaiting() {
    return mode == Mode.AWAITING;
  }

  /** Whether bytes have come behind the request that is being answered. */
  boolean isHoldingBytes() {
    return holding;
  }

  /**
   * Goes on to the next request, if one has come in the next turn of the event loop. May put
   * another decoder in the place of this one.
   */
  void proceed() {
    if (reading) {
      proceeds = true;
    } else if (holding) {
      Objects.requireNonNull(context).executor().schedule(this::takeUp, 0, TimeUnit.NANOSECONDS);
    } else {
      mode = Mode.AWAITING;
      shrink();
    }
  }

  /**
   * Takes out the bytes that have come behind the request that is being answered. They belong to
   * whoever calls this, who may {@linkplain #putBack put them back}.
   */
  ByteBuf takeHeld() {
    ByteBuf held = internalBuffer();
    return held.readRetainedSlice(held.readableBytes());
  }

  /** Takes back what was just taken out. */
  void putBack(ByteBuf taken) {
    ByteBuf held = internalBuffer();
    held.readerIndex(held.readerIndex() - taken.readableBytes());
    taken.release();
  }

  /** Throws away whatever has come and comes. */
  void drop() {
    mode = Mode.DROPPING;
    resume();
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
    if (outermost && proceeds && !context.isRemoved()) {
      proceeds = false;
      proceed();
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
        holding = true;
        if (bytes.readableBytes() >= MAX_HELD) {
          paused = true;
          context.channel().config().setAutoRead(false);
        }
      }
      case DROPPING -> bytes.skipBytes(bytes.readableBytes());
      case AWAITING, RECEIVING -> decodeRequest(context, bytes, out);
    }
  }

  private void decodeRequest(ChannelHandlerContext context, ByteBuf bytes, List<Object> out)
      throws Exception {
    if (mode == Mode.AWAITING) {
      skipEmptyLine(bytes);
      if (!bytes.isReadable()) {
        return;
      }
      mode = Mode.RECEIVING;
      timer.enter(State.RECEIVING);
      requestBytes = 0;
      emptyLine = 0;
    }
    int before = bytes.readableBytes();
    super.decode(context, bytes, out);
    requestBytes += before - bytes.readableBytes();
    longestBytes = Math.max(longestBytes, requestBytes);
    if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
      mode = Mode.HOLDING;
    }
  }

  /**
   * Netty's decoder keeps the bytes of a line until the next one comes. A request's target names
   * what is probed, secrets included: an idle connection shall not hold that either.
   */
  @Override
  protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
    String target = super.splitSecondWordInitialLine(line, start, length);
    Arrays.fill(line, start, start + length, (byte) 0);
    return target;
  }

  /** One before a request is none of its bytes (RFC 9112, section 2.2). */
  private void skipEmptyLine(ByteBuf bytes) {
    while (emptyLine < EMPTY_LINE.length
        && bytes.isReadable()
        && bytes.getByte(bytes.readerIndex()) == EMPTY_LINE[emptyLine]) {
      bytes.skipBytes(1);
      emptyLine++;
    }
  }

  /** Nobody waits for the answer to a request that the end of the connection cut off. */
  @Override
  protected void decodeLast(ChannelHandlerContext context, ByteBuf bytes, List<Object> out) {
    bytes.skipBytes(bytes.readableBytes());
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext context) throws Exception {
    readAgain(context);
    super.handlerRemoved0(context);
  }

  private void takeUp() {
    if (mode == Mode.HOLDING) {
      mode = Mode.AWAITING;
      resume();
    }
  }

  /** Decodes what has come, and reads on. */
  private void resume() {
    ChannelHandlerContext own = Objects.requireNonNull(context);
    if (holding && !reading && !own.isRemoved()) {
      holding = false;
      readAgain(own);
      try {
        channelRead(own, Unpooled.EMPTY_BUFFER);
      } catch (Exception e) {
        own.fireExceptionCaught(e);
      }
    }
  }

  private void readAgain(ChannelHandlerContext context) {
    if (paused) {
      paused = false;
      context.channel().config().setAutoRead(true);
    }
  }

  /**
   * Netty's decoder keeps a buffer as large as the longest line that it has ever read. An idle
   * connection shall not hold that: it gets a new decoder.
   */
  private void shrink() {
    ChannelHandlerContext own = Objects.requireNonNull(context);
    if (longestBytes > TYPICAL_REQUEST && !own.isRemoved()) {
      own.pipeline().replace(this, own.name(), new RequestDecoder(limits, timer));
    }
  }
}
