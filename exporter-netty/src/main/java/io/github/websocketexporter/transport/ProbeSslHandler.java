package io.github.websocketexporter.transport;

import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLEngine;

/** Netty's handler of TLS, which can say whether records follow the one that it has decrypted. */
final class ProbeSslHandler extends SslHandler implements HoldsBytes {
  /** A record at its largest, with its header (RFC 5246, section 6.2.3). */
  private static final int MAX_RECORD = 5 + 16_384 + 2_048;

  ProbeSslHandler(SSLEngine engine) {
    super(engine);
    setCumulator(new TightCumulator(MAX_RECORD));
  }

  @Override
  public boolean holdsBytes() {
    return actualReadableBytes() > 0;
  }
}
