package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
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
import java.util.List;

/**
 * Netty's handshaker for RFC 6455, taught four things: the request goes out as {@link
 * UpgradeRequest} has it; it names an Origin only if the module does, for a probe is no browser;
 * what it offers need not be taken; and a failed verification says which part of it failed.
 */
final class ProbeHandshaker extends WebSocketClientHandshaker13 {
  /** The handshaker wants a URI; what it takes from it is taken out again. */
  private static final URI UNUSED = URI.create("ws://unused");

  private final UpgradeRequest request;
  private FailureReason beingChecked = FailureReason.UPGRADE_ACCEPT_MISMATCH;
  private boolean compressed;

  /**
   * A handshaker for one connection.
   *
   * @param maxFramePayload the longest payload of a frame that is read, in bytes
   */
  ProbeHandshaker(UpgradeRequest request, int maxFramePayload) {
    super(UNUSED, WebSocketVersion.V13, null, false, null, maxFramePayload);
    this.request = request;
  }

  /** Makes the request, with a key of its own; to be called once. */
  ByteBuf newRequest(ByteBufAllocator allocator) {
    HttpHeaders handshake =
        newHandshakeRequest().headers().remove(HttpHeaderNames.HOST).remove(HttpHeaderNames.ORIGIN);
    return request.encode(allocator, handshake);
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
    } catch (WebSocketHandshakeException e) {
      throw new ProbeFailure(reason(head.headers()));
    }
    ChannelPipeline pipeline =
        channel
            .pipeline()
            .addBefore(HandlerNames.HTTP, HandlerNames.WS_ENCODER, newWebSocketEncoder());
    if (compressed) {
      pipeline
          .addAfter(
              HandlerNames.WS_DECODER,
              HandlerNames.INFLATE,
              new InflateHandler(maxFramePayloadLength()))
          .addAfter(HandlerNames.INFLATE, HandlerNames.DEFLATE, PerMessageDeflate.newDeflater());
    }
  }

  /**
   * What was not offered is an error (RFC 6455, section 4.1). Netty lets extensions pass, and takes
   * an offer of subprotocols for a demand; so it hears of none.
   */
  @Override
  protected void verify(FullHttpResponse response) {
    super.verify(response);
    HttpHeaders headers = response.headers();
    beingChecked = FailureReason.UPGRADE_EXTENSION;
    if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS)) {
      compressed = isCompressionAgreed(headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
      check(compressed);
    }
    beingChecked = FailureReason.UPGRADE_SUBPROTOCOL;
    String expected = request.settings().expectedSubprotocol();
    if (headers.contains(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
      List<String> chosen = headers.getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
      check(chosen.size() == 1);
      check(request.settings().subprotocols().contains(chosen.get(0)));
      check(expected == null || expected.equals(chosen.get(0)));
      headers.remove(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL);
    } else {
      check(expected == null);
    }
  }

  private boolean isCompressionAgreed(List<String> answers) {
    return request.settings().compression()
        && answers.size() == 1
        && PerMessageDeflate.isAgreed(answers.get(0));
  }

  private void check(boolean valid) {
    if (!valid) {
      throw new WebSocketHandshakeException(beingChecked.label());
    }
  }

  /** A violation is answered by {@link CloseHandler}, and not as Netty would do it. */
  @Override
  protected WebSocketFrameDecoder newWebsocketDecoder() {
    return new FrameDecoder(
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(false)
            .allowExtensions(compressed)
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
    return websocket ? beingChecked : FailureReason.UPGRADE_MALFORMED;
  }
}
