package io.github.websocketexporter.http;

import io.github.websocketexporter.http.RequestTimer.State;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the HTTP server: hands its requests on one at a time, as the decoder gives them
 * out, and writes the answers. Bodies are read and dropped: nothing here wants one.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
  private static final ByteBuf CONTINUE =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer("HTTP/1.1 100 Continue\r\n\r\n", StandardCharsets.US_ASCII));

  private static final long LINGER_MILLIS = 1_000;

  private final Endpoint entrance;
  private final RequestTimer timer;
  private final BooleanSupplier ending;
  private @Nullable RequestHead arriving;
  private @Nullable HttpExchange current;
  private int bodyBytes;
  private boolean asksForHead;
  private boolean refused;

  /**
   * A handler for one connection.
   *
   * @param entrance takes every request
   * @param ending whether each answer closes its connection
   */
  RequestHandler(Endpoint entrance, RequestTimer timer, BooleanSupplier ending) {
    this.entrance = entrance;
    this.timer = timer;
    this.ending = ending;
  }

  /** Closes the connection if it is between two requests. Called on its event loop. */
  void closeIfIdle(ChannelHandlerContext context) {
    if (current == null && decoder(context).isAwaiting()) {
      context.close();
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    timer.start(state -> timedOut(context, state));
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    timer.stop();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    try {
      if (!refused) {
        accept(context, message);
      }
    } catch (RefusedRequestException e) {
      refuse(context, e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (current != null) {
      current.abort();
    }
    context.fireChannelInactive();
  }

  /** A connection that breaks is the client's affair: it is closed, and its probe cancelled. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException) && !(cause instanceof CodecException)) {
      LOG.atError().setCause(cause).log("a connection met a bug");
    }
    context.close();
  }

  private void timedOut(ChannelHandlerContext context, State state) {
    if (state == State.RECEIVING && !refused) {
      refuse(
          context,
          new RefusedRequestException(
              HttpResponseStatus.REQUEST_TIMEOUT, "The request took too long to arrive."));
    } else {
      context.close();
    }
  }

  private void accept(ChannelHandlerContext context, Object message)
      throws RefusedRequestException {
    if (message instanceof HttpRequest request) {
      asksForHead = request.method().equals(HttpMethod.HEAD);
      arriving = RequestHead.of(request, tls(context) != null);
      bodyBytes = 0;
      if (HttpUtil.is100ContinueExpected(request)) {
        context.writeAndFlush(CONTINUE.duplicate());
      }
    }
    if (message instanceof HttpContent body && arriving != null) {
      if (body.decoderResult().isFailure()) {
        throw RefusedRequestException.undecodable(body.decoderResult().cause());
      }
      bodyBytes += body.content().readableBytes();
      if (bodyBytes > RequestHead.MAX_BODY) {
        throw RequestHead.tooLarge();
      }
      if (message instanceof LastHttpContent) {
        begin(context, arriving);
      }
    }
  }

  private void begin(ChannelHandlerContext context, RequestHead head) {
    arriving = null;
    timer.enter(State.WORKING);
    HttpVersion version = head.request().protocolVersion();
    boolean keepAlive = HttpUtil.isKeepAlive(head.request());
    HttpExchange exchange =
        new HttpExchange(context.channel(), answer -> respond(context, version, keepAlive, answer));
    current = exchange;
    exchange.handTo(entrance, head);
  }

  private void respond(
      ChannelHandlerContext context, HttpVersion version, boolean wantsMore, Response answer) {
    boolean keepAlive = wantsMore && !ending.getAsBoolean();
    ChannelFuture written = write(context, encode(context, answer, version, keepAlive));
    if (keepAlive) {
      written.addListener(sent -> answered(context, sent.isSuccess()));
    } else {
      written.addListener(sent -> end(context));
    }
  }

  /** Answers what is not a whole request. What comes behind it cannot be told apart: the end. */
  private void refuse(ChannelHandlerContext context, RefusedRequestException refusal) {
    refused = true;
    Response answer = Response.text(refusal.status(), String.valueOf(refusal.getMessage()));
    write(context, encode(context, answer, HttpVersion.HTTP_1_1, false))
        .addListener(sent -> closeGently(context));
  }

  private ByteBuf encode(
      ChannelHandlerContext context, Response answer, HttpVersion client, boolean keepAlive) {
    try {
      return answer.encode(context.alloc(), client, keepAlive, asksForHead);
    } catch (RuntimeException | Error e) {
      return Response.ofBug(e).encode(context.alloc(), client, keepAlive, asksForHead);
    }
  }

  private ChannelFuture write(ChannelHandlerContext context, ByteBuf answer) {
    timer.enter(State.SENDING);
    return context.writeAndFlush(answer);
  }

  private void answered(ChannelHandlerContext context, boolean sent) {
    current = null;
    asksForHead = false;
    if (!sent || context.isRemoved()) {
      context.close();
      return;
    }
    timer.enter(State.IDLE);
    decoder(context).proceed();
  }

  private void end(ChannelHandlerContext context) {
    current = null;
    if (!context.isRemoved() && decoder(context).isHoldingBytes()) {
      closeGently(context);
    } else {
      context.close();
    }
  }

  /**
   * Ends the answer and drops what still comes, until the client closes the connection, or for a
   * second: closing while unread bytes are waiting would reset it, and the answer could be lost
   * (RFC 9112, section 9.6).
   */
  private void closeGently(ChannelHandlerContext context) {
    refused = true;
    if (context.channel() instanceof DuplexChannel channel && channel.isActive()) {
      decoder(context).drop();
      endOutput(channel, tls(context));
      ScheduledFuture<?> end =
          context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
      channel.closeFuture().addListener(closed -> end.cancel(false));
    } else {
      context.close();
    }
  }

  /** TLS has an end of its own, which comes first (RFC 8446, section 6.1). */
  private static void endOutput(DuplexChannel channel, @Nullable SslHandler tls) {
    if (tls == null) {
      channel.shutdownOutput();
    } else {
      tls.closeOutbound().addListener(sent -> channel.shutdownOutput());
    }
  }

  /** Null over plain HTTP. */
  private static @Nullable SslHandler tls(ChannelHandlerContext context) {
    return (SslHandler) context.pipeline().get(HandlerNames.TLS);
  }

  /** Not kept: it may be replaced between two requests. */
  private static RequestDecoder decoder(ChannelHandlerContext context) {
    return (RequestDecoder) context.pipeline().get(HandlerNames.HTTP);
  }
}
