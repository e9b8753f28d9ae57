package io.github.websocketexporter.engine;

import io.github.websocketexporter.transport.HoldsBytes;
import io.github.websocketexporter.transport.TightCumulator;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;

/**
 * Netty's decoder of frames (RFC 6455, section 5.2), which can say whether bytes follow a frame.
 */
final class FrameDecoder extends WebSocket13FrameDecoder implements HoldsBytes {
  FrameDecoder(WebSocketDecoderConfig config) {
    super(config);
    setCumulator(new TightCumulator(config.maxFramePayloadLength()));
  }

  @Override
  public boolean holdsBytes() {
    return actualReadableBytes() > 0;
  }
}
