package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.Departure;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Netty's handshaker for RFC 6455, taught three things: the request target goes out to the letter
 * as it was given; no Origin is sent, for a probe is no browser; and a failed verification says
 * which part of it failed.
 */
final class ProbeHandshaker extends WebSocketClientHandshaker13 {
  /** The handshaker wants a URI; what it would take from it is set by hand. */
  private static final URI UNUSED = URI.create("ws://unused");

  private final Target target;
  private final Supplier<Departure> departs;
  private @Nullable Departure sent;
  private boolean accepted;

  /**
   * A handshaker for one connection.
   *
   * @param maxFramePayload the longest payload of a frame that is read, in bytes
   * @param departs is called when the request is made and about to be handed to the socket
   */
  ProbeHandshaker(
      Target target, String userAgent, int maxFramePayload, Supplier<Departure> departs) {
    super(UNUSED, WebSocketVersion.V13, null, false, headers(target, userAgent), maxFramePayload);
    this.target = target;
    this.departs = departs;
  }

  /** When the request was handed to the socket; it has been. */
  Departure sent() {
    return requireNonNull(sent);
  }

  /**
   * Verifies the 101 and puts the frame codec into the pipeline.
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
    } catch (WebSocketHandshakeException e) {
      throw new ProbeFailure(reason(head.headers()));
    }
  }

  @Override
  protected FullHttpRequest newHandshakeRequest() {
    FullHttpRequest request = super.newHandshakeRequest();
    request.setUri(target.requestTarget().reveal());
    request.headers().remove(HttpHeaderNames.ORIGIN);
    sent = departs.get();
    return request;
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
