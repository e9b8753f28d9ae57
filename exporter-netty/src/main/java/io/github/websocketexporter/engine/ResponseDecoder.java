package io.github.websocketexporter.engine;

import io.github.websocketexporter.transport.TightCumulator;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.util.regex.Pattern;

/**
 * Netty's decoder of HTTP responses, which keeps no more of a flood than one header, and takes no
 * other status line than that of RFC 9112, section 4: Netty also reads {@code http/1.1 +0101}.
 */
class ResponseDecoder extends HttpResponseDecoder {
  private static final HttpHeadersFactory FEW =
      new HttpHeadersFactory() {
        @Override
        public HttpHeaders newHeaders() {
          return new FewHeaders();
        }

        @Override
        public HttpHeaders newEmptyHeaders() {
          return newHeaders();
        }
      };
  private static final Pattern VERSION = Pattern.compile("HTTP/[0-9]\\.[0-9]");
  private static final Pattern STATUS = Pattern.compile("[0-9]{3}");

  ResponseDecoder(HttpDecoderConfig limits) {
    super(limits.clone().setHeadersFactory(FEW));
    setCumulator(new TightCumulator(limits.getMaxHeaderSize()));
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) {
    if (!VERSION.matcher(initialLine[0]).matches() || !STATUS.matcher(initialLine[1]).matches()) {
      throw new IllegalArgumentException("not a status line");
    }
    return super.createMessage(initialLine);
  }
}
