package io.github.websocketexporter.http;

import io.github.websocketexporter.http.RequestTimer.State;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the HTTP server: hands its requests to the router one at a time and writes the
 * answers in their order. Requests that a client pipelines wait, and nothing more is read from it
 * until they are answered. Bodies are read and dropped: nothing here wants one.
 */
final class RequestHandler extends ChannelInboundHandlerAdapter {
  private static final long LINGER_MILLIS = 1_000;

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
    if (event == State.RECEIVING && current == null) {
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
    boolean keepAlive = HttpUtil.isKeepAlive(request);
    HttpExchange exchange =
        new HttpExchange(
            context.channel(), request, response -> respond(context, response, keepAlive));
    current = exchange;
    router.route(exchange);
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
    respond(context, Response.text(status, sentence), false);
  }

  /**
   * Closes in two steps: to close with bytes unread is a reset, which can reach the client before
   * it has read the answer (RFC 9112, section 9.6). Until it closes, what it sends is dropped.
   */
  private static void linger(ChannelHandlerContext context) {
    if (context.channel() instanceof DuplexChannel channel) {
      channel.shutdownOutput();
      context.executor().schedule(() -> context.close(), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    } else {
      context.close();
    }
  }

  private void respond(ChannelHandlerContext context, Response answer, boolean clientKeepsAlive) {
    boolean keepAlive = clientKeepsAlive && !draining.getAsBoolean();
    ByteBuf body = Unpooled.wrappedBuffer(answer.body());
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            answer.status(),
            body,
            answer.headers(),
            EmptyHttpHeaders.INSTANCE);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    HttpUtil.setKeepAlive(response, keepAlive);
    timer.enter(context, State.SENDING);
    ChannelFuture written = context.writeAndFlush(response);
    if (keepAlive) {
      written.addListener(sent -> answered(context));
    } else if (refused) {
      written.addListener(sent -> linger(context));
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private void answered(ChannelHandlerContext context) {
    current = null;
    timer.enter(context, waiting.isEmpty() && arriving == null ? State.IDLE : State.RECEIVING);
    while (current == null && !waiting.isEmpty()) {
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
