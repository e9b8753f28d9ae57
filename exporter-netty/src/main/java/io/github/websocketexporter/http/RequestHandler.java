package io.github.websocketexporter.http;

import io.github.websocketexporter.http.RequestTimer.State;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection of the HTTP server: hands its requests to the router one at a time and writes the
 * answers in their order. Requests that a client pipelines wait, and nothing more is read from it
 * until they are answered (so that with NIO, that such a client hangs up is seen only then). Bodies
 * are read and dropped: nothing here wants one.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(RequestHandler.class);
  private static final FullHttpResponse CONTINUE =
      new DefaultFullHttpResponse(
          HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);

  private final Router router;
  private final RequestTimer timer;
  private final BooleanSupplier draining;
  private final Queue<HttpObject> waiting = new ArrayDeque<>(0);
  private @Nullable HttpRequest arriving;
  private @Nullable HttpExchange current;
  private boolean refused;

  /**
   * A handler for one connection.
   *
   * @param draining whether the server is about to stop: then answers close their connection
   */
  RequestHandler(Router router, RequestTimer timer, BooleanSupplier draining) {
    this.router = router;
    this.timer = timer;
    this.draining = draining;
  }

  /** Closes the connection if it is between two requests. Called on its event loop. */
  void closeIfIdle(ChannelHandlerContext context) {
    if (current == null && arriving == null) {
      context.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
    } else if (current == null) {
      accept(context, (HttpObject) message);
    } else {
      waiting.add((HttpObject) message);
      context.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (current != null) {
      current.abort();
    }
    dropWaiting();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    dropWaiting();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event == State.RECEIVING && current == null && !refused) {
      refuse(context, HttpResponseStatus.REQUEST_TIMEOUT, "The request took too long to arrive.");
    } else if (event instanceof State) {
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  /** A connection that breaks is the client's affair: it is closed, and its probe cancelled. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException) && !(cause instanceof CodecException)) {
      LOG.atError().setCause(cause).log("a connection met a bug");
    }
    context.close();
  }

  private void accept(ChannelHandlerContext context, HttpObject message) {
    try {
      if (message.decoderResult().isFailure()) {
        refuse(context, message.decoderResult().cause());
        return;
      }
      if (message instanceof HttpRequest request) {
        arriving = request;
        if (HttpUtil.is100ContinueExpected(request)) {
          context.writeAndFlush(CONTINUE.retainedDuplicate());
        }
      }
      if (message instanceof LastHttpContent && arriving != null) {
        HttpRequest request = arriving;
        arriving = null;
        begin(context, request);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest request) {
    timer.enter(context, State.WORKING);
    HttpExchange exchange =
        new HttpExchange(
            context.channel(), request, response -> respond(context, response, request));
    current = exchange;
    try {
      router.route(exchange);
    } catch (RuntimeException e) {
      exchange.respond(Response.ofBug(e));
    }
  }

  private void refuse(ChannelHandlerContext context, Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      refuse(context, HttpResponseStatus.REQUEST_URI_TOO_LONG, "The request line is too long.");
    } else if (cause instanceof TooLongHttpHeaderException) {
      refuse(
          context,
          HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
          "The request's header is too large.");
    } else {
      refuse(context, HttpResponseStatus.BAD_REQUEST, "The request is not valid HTTP.");
    }
  }

  /** Answers what is not a whole request. What comes behind it cannot be told apart: the end. */
  private void refuse(ChannelHandlerContext context, HttpResponseStatus status, String sentence) {
    refused = true;
    arriving = null;
    dropWaiting();
    write(context, Response.text(status, sentence), HttpVersion.HTTP_1_1, false)
        .addListener(sent -> closeGently(context));
  }

  /**
   * Ends the answer and drops what still comes, until the client or the timer closes the
   * connection: closing while unread bytes are waiting would reset it, and the answer could be lost
   * (RFC 9112, section 9.6).
   */
  private static void closeGently(ChannelHandlerContext context) {
    if (context.channel() instanceof DuplexChannel channel && channel.isActive()) {
      channel.config().setAutoRead(true);
      channel.shutdownOutput();
    } else {
      context.close();
    }
  }

  private void respond(ChannelHandlerContext context, Response answer, HttpRequest request) {
    boolean keepAlive = HttpUtil.isKeepAlive(request) && !draining.getAsBoolean();
    ChannelFuture written = write(context, answer, request.protocolVersion(), keepAlive);
    if (keepAlive) {
      written.addListener(sent -> answered(context));
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private ChannelFuture write(
      ChannelHandlerContext context, Response answer, HttpVersion client, boolean keepAlive) {
    timer.enter(context, State.SENDING);
    return context.writeAndFlush(answer.encode(client, keepAlive));
  }

  private void answered(ChannelHandlerContext context) {
    current = null;
    if (draining.getAsBoolean()) {
      context.close();
      return;
    }
    timer.enter(context, waiting.isEmpty() && arriving == null ? State.IDLE : State.RECEIVING);
    while (current == null && !refused && !waiting.isEmpty()) {
      accept(context, waiting.remove());
    }
    if (waiting.isEmpty()) {
      context.channel().config().setAutoRead(true);
    }
  }

  private void dropWaiting() {
    waiting.forEach(ReferenceCountUtil::release);
    waiting.clear();
  }
}
