package io.github.websocketexporter.http;

import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker13;
import io.netty.handler.timeout.IdleStateHandler;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A WebSocket of the exporter's own that answers PINGs and nothing else: a target for a first probe
 * without a network. Bounded: control frames only, and closed when nothing comes.
 */
final class WebSocketEndpoint implements Endpoint {
  private static final int MAX_CONTROL_PAYLOAD = 125;

  private final Duration idleTimeout;

  WebSocketEndpoint(Duration idleTimeout) {
    this.idleTimeout = idleTimeout;
  }

  @Override
  public void handle(RequestHead head, HttpExchange exchange) {
    HttpRequest request = head.request();
    if (!isUpgrade(request)) {
      exchange.respond(
          Response.text(
                  HttpResponseStatus.UPGRADE_REQUIRED,
                  "This is a WebSocket: ask for an upgrade with Sec-WebSocket-Version 13.")
              .with(HttpHeaderNames.UPGRADE, "websocket")
              .with(HttpHeaderNames.CONNECTION, "upgrade")
              .with(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "13"));
      return;
    }
    WebSocketServerHandshaker handshaker =
        new WebSocketServerHandshaker13(
            null,
            null,
            WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(MAX_CONTROL_PAYLOAD)
                .allowExtensions(false)
                .build());
    Channel channel = exchange.channel();
    ChannelPipeline pipeline = channel.pipeline();
    // Only for the 101, with which Netty takes it out again.
    pipeline.addBefore(HandlerNames.HTTP, HandlerNames.HTTP_ENCODER, new HttpResponseEncoder());
    RequestDecoder decoder = (RequestDecoder) pipeline.get(HandlerNames.HTTP);
    ByteBuf early = decoder.takeHeld();
    try {
      handshaker.handshake(channel, whole(request));
    } catch (WebSocketHandshakeException e) {
      decoder.putBack(early);
      pipeline.remove(HandlerNames.HTTP_ENCODER); // The answer is encoded already.
      exchange.respond(
          Response.text(HttpResponseStatus.BAD_REQUEST, "The upgrade request is not valid."));
      return;
    }
    pipeline.remove(HandlerNames.REQUESTS);
    long idleNanos = idleTimeout.toNanos();
    pipeline
        .addLast(HandlerNames.IDLE, new IdleStateHandler(idleNanos, 0, 0, TimeUnit.NANOSECONDS))
        .addLast(HandlerNames.PONG, new PongHandler());
    read(pipeline, early);
  }

  /**
   * Reads the frames that came along with the request, as if they came now: behind the 101, and by
   * handlers that are all there. Who times idleness waits for the end of each read.
   */
  private static void read(ChannelPipeline pipeline, ByteBuf early) {
    ChannelHandlerContext before = pipeline.context(WebSocketFrameEncoder.class);
    if (before != null && early.isReadable()) {
      before.fireChannelRead(early).fireChannelReadComplete();
    } else {
      early.release();
    }
  }

  private static boolean isUpgrade(HttpRequest request) {
    return request.method().equals(HttpMethod.GET)
        && request
            .headers()
            .containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
        && request
            .headers()
            .containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
        && "13".equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))
        && request.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_KEY);
  }

  private static FullHttpRequest whole(HttpRequest request) {
    return new DefaultFullHttpRequest(
        request.protocolVersion(),
        request.method(),
        request.uri(),
        Unpooled.EMPTY_BUFFER,
        request.headers(),
        EmptyHttpHeaders.INSTANCE);
  }
}
