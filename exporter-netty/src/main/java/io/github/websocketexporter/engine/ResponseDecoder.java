package io.github.websocketexporter.engine;

import io.github.websocketexporter.transport.TightCumulator;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpResponseDecoder;

/** Netty's decoder of HTTP responses, which keeps no more of a flood than one header. */
class ResponseDecoder extends HttpResponseDecoder {
  ResponseDecoder(HttpDecoderConfig limits) {
    super(limits);
    setCumulator(new TightCumulator(limits.getMaxHeaderSize()));
  }
}
