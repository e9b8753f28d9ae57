package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.websocketx.WebSocketClientHandshaker13;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketHandshakeException;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Iterator;
import java.util.Map;

/**
 * Netty's handshaker for RFC 6455, taught three things: the request target goes out to the letter
 * as it was given; no Origin is sent, for a probe is no browser; and a failed verification says
 * which part of it failed. Its request is encoded here: Netty's encoder would be one more handler
 * to put into the pipeline and to take out again.
 */
final class ProbeHandshaker extends WebSocketClientHandshaker13 {
  /** The handshaker wants a URI; what it would take from it is set by hand. */
  private static final URI UNUSED = URI.create("ws://unused");

  private static final int TYPICAL_REQUEST = 512;

  private final Target target;
  private boolean accepted;

  /**
   * A handshaker for one connection.
   *
   * @param maxFramePayload the longest payload of a frame that is read, in bytes
   */
  ProbeHandshaker(Target target, String userAgent, int maxFramePayload) {
    super(UNUSED, WebSocketVersion.V13, null, false, headers(target, userAgent), maxFramePayload);
    this.target = target;
  }

  /** Makes the request (RFC 6455, section 4.1), with a key of its own; to be called once. */
  ByteBuf newRequest(ByteBufAllocator allocator) {
    HttpHeaders headers = newHandshakeRequest().headers().remove(HttpHeaderNames.ORIGIN);
    ByteBuf request = allocator.ioBuffer(TYPICAL_REQUEST);
    append(request, "GET ", target.requestTarget().reveal(), " HTTP/1.1\r\n");
    Iterator<Map.Entry<CharSequence, CharSequence>> fields = headers.iteratorCharSequence();
    while (fields.hasNext()) {
      Map.Entry<CharSequence, CharSequence> field = fields.next();
      append(request, field.getKey(), ": ", field.getValue(), "\r\n");
    }
    append(request, "\r\n");
    return request;
  }

  private static void append(ByteBuf request, CharSequence... parts) {
    for (CharSequence part : parts) {
      request.writeCharSequence(part, StandardCharsets.US_ASCII);
    }
  }

  /**
   * Verifies the 101 and puts the frame codec into the pipeline: its encoder before the HTTP
   * decoder, which Netty takes out in a task of its own, its decoder behind it.
   *
   * @throws ProbeFailure if the answer is not a valid one
   */
  void finish(Channel channel, HttpResponse head) throws ProbeFailure {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            head.protocolVersion(),
            head.status(),
            Unpooled.EMPTY_BUFFER,
            head.headers(),
            EmptyHttpHeaders.INSTANCE);
    try {
      finishHandshake(channel, response);
      channel
          .pipeline()
          .addBefore(HandlerNames.HTTP, HandlerNames.WS_ENCODER, newWebSocketEncoder());
    } catch (WebSocketHandshakeException e) {
      throw new ProbeFailure(reason(head.headers()));
    }
  }

  /** An extension that was not offered is an error (RFC 6455, section 4.1); Netty lets it pass. */
  @Override
  protected void verify(FullHttpResponse response) {
    super.verify(response);
    accepted = true;
    if (response.headers().contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
      throw new WebSocketHandshakeException("extension not offered");
    }
  }

  /** A violation is answered by {@link CloseHandler}, and not as Netty would do it. */
  @Override
  protected WebSocketFrameDecoder newWebsocketDecoder() {
    return new FrameDecoder(
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(false)
            .allowExtensions(false)
            .maxFramePayloadLength(maxFramePayloadLength())
            .closeOnProtocolViolation(false)
            .build());
  }

  /** Which check of {@link #finish} the header failed: they are made in this order. */
  private FailureReason reason(HttpHeaders headers) {
    boolean websocket =
        HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(headers.get(HttpHeaderNames.UPGRADE))
            && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
            && headers.contains(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT);
    if (!websocket) {
      return FailureReason.UPGRADE_MALFORMED;
    }
    if (!accepted) {
      return FailureReason.UPGRADE_ACCEPT_MISMATCH;
    }
    return headers.contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)
        ? FailureReason.UPGRADE_EXTENSION
        : FailureReason.UPGRADE_SUBPROTOCOL;
  }

  private static HttpHeaders headers(Target target, String userAgent) {
    HttpHeaders headers = new DefaultHttpHeaders();
    headers.set(HttpHeaderNames.HOST, target.hostHeader());
    headers.set(HttpHeaderNames.USER_AGENT, userAgent);
    target
        .credentials()
        .ifPresent(
            credentials ->
                headers.set(
                    HttpHeaderNames.AUTHORIZATION,
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(
                                credentials.reveal().getBytes(StandardCharsets.UTF_8))));
    return headers;
  }
}
