package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How a probe's connection ends: the closing handshake and the failing of a WebSocket (RFC 6455,
 * section 7), from the 101 until the connection is gone, also after the probe's answer.
 *
 * <p>At most one Close frame goes out, and nothing after it. Its status code is
 *
 * <ul>
 *   <li>the peer's own, if the peer says Close first; none, if the peer's Close has none
 *   <li>1002, 1007 or 1009, as the frame codec says, if the peer violates the protocol
 *   <li>1000, if neither has happened when the probe ends; where the connection was held, what its
 *       holder says
 * </ul>
 *
 * <p>In the first two cases the handlers behind this one see an exception, by which the running
 * step fails; the Close goes out after the probe's answer. What comes in behind a Close, or behind
 * a violation, is thrown away, and nobody inflates or checks it before.
 *
 * <p>The side of a TCP connection that closes first keeps its port in TIME_WAIT for a minute: an
 * exporter that did so would run out of ports towards a target that it probes often. A WebSocket's
 * server closes first (RFC 6455, section 7.1.1), so it is left a second to do that; whatever is
 * still open then, or never became a WebSocket, is reset.
 */
final class CloseHandler extends ChannelInboundHandlerAdapter {
  private static final long PATIENCE_MILLIS = 1_000;

  /** RFC 6455, section 7.4.2; Netty lets higher ones pass. */
  private static final int HIGHEST_CODE = 4_999;

  /** What reads messages or answers PINGs: not needed to find a Close frame. */
  private static final List<String> READERS =
      List.of(HandlerNames.INFLATE, HandlerNames.UTF8, HandlerNames.FRAGMENTS, HandlerNames.PONG);

  /** Says that a Close frame held no status code; never sent (RFC 6455, section 7.1.5). */
  private static final int NO_CODE = WebSocketCloseStatus.EMPTY.code();

  private int code = WebSocketCloseStatus.NORMAL_CLOSURE.code();
  private final Closings closings;
  private boolean closing;
  private boolean closeSent;
  private boolean agreed;
  private @Nullable ScheduledFuture<?> patience;

  CloseHandler(Closings closings) {
    this.closings = closings;
  }

  /**
   * Ends a connection: a WebSocket by a Close frame, any other one at once.
   *
   * @param patiently whether the peer is left time to close after that frame
   */
  static void end(Channel channel, boolean patiently) {
    ChannelHandlerContext context = channel.pipeline().context(CloseHandler.class);
    if (context != null && channel.isActive()) {
      ((CloseHandler) context.handler()).sendClose(context);
      if (patiently) {
        return;
      }
    }
    reset(channel);
  }

  /**
   * Ends a connection that is one of a WebSocket, patiently.
   *
   * @param code the status code of the Close frame, unless the peer or a violation has decided it
   */
  static void end(Channel channel, int code) {
    CloseHandler handler = channel.pipeline().get(CloseHandler.class);
    if (handler != null && !handler.closing) {
      handler.code = code;
    }
    end(channel, true);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!closing && !(message instanceof CloseWebSocketFrame)) {
      context.fireChannelRead(message);
      return;
    }
    try {
      if (!closing) {
        closeReceived(context, (CloseWebSocketFrame) message);
      } else if (closeSent && !agreed && message instanceof CloseWebSocketFrame) {
        agreed = true;
        closings.agreed(context.channel());
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!closing && cause instanceof CorruptedWebSocketFrameException violation) {
      answer(context, violation.closeStatus().code(), cause);
    } else if (!closing && cause instanceof TooLongFrameException) {
      answer(context, WebSocketCloseStatus.MESSAGE_TOO_BIG.code(), cause);
    } else {
      context.fireExceptionCaught(cause);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (patience != null) {
      patience.cancel(false);
    }
    context.fireChannelInactive();
  }

  private void closeReceived(ChannelHandlerContext context, CloseWebSocketFrame close) {
    int received = close.content().isReadable() ? close.statusCode() : NO_CODE;
    if (received > HIGHEST_CODE) {
      answer(context, WebSocketCloseStatus.PROTOCOL_ERROR.code(), violation());
    } else if (!isReasonText(close.content())) {
      answer(context, WebSocketCloseStatus.INVALID_PAYLOAD_DATA.code(), violation());
    } else {
      answer(context, received, ProbeFailure.closedByPeer(received));
    }
  }

  /** Netty does not mind a character that is cut off. */
  private static boolean isReasonText(ByteBuf payload) {
    int length = Math.max(0, payload.readableBytes() - Short.BYTES);
    return ByteBufUtil.isText(
        payload, payload.writerIndex() - length, length, StandardCharsets.UTF_8);
  }

  private static ProbeFailure violation() {
    return new ProbeFailure(FailureReason.PROTOCOL_VIOLATION);
  }

  /** Lets the probe end, which sends the Close after its answer; if it has ended, sends it now. */
  private void answer(ChannelHandlerContext context, int status, Throwable cause) {
    stopReading(context);
    code = status;
    context.fireExceptionCaught(cause);
    sendClose(context);
  }

  private void stopReading(ChannelHandlerContext context) {
    closing = true;
    ChannelPipeline pipeline = context.pipeline();
    for (String reader : READERS) {
      if (pipeline.context(reader) != null) {
        pipeline.remove(reader);
      }
    }
  }

  private void sendClose(ChannelHandlerContext context) {
    stopReading(context);
    if (closeSent) {
      return;
    }
    closeSent = true;
    ByteBuf payload = context.alloc().buffer(Short.BYTES);
    if (code != NO_CODE) {
      payload.writeShort(code);
    }
    context.writeAndFlush(new CloseWebSocketFrame(true, 0, payload));
    Channel channel = context.channel();
    patience =
        channel.eventLoop().schedule(() -> reset(channel), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * Ends a connection at once, without TIME_WAIT and without waiting for TLS to flush its alert.
   */
  static void reset(Channel channel) {
    if (channel.isActive()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    }
    ChannelHandlerContext first = channel.pipeline().firstContext();
    if (first != null) {
      first.close();
    } else {
      channel.close();
    }
  }
}
