package io.github.websocketexporter.transport;

import io.netty.handler.ssl.SslHandler;
import javax.net.ssl.SSLEngine;

/** Netty's handler of TLS, which can say whether records follow the one that it has decrypted. */
final class ProbeSslHandler extends SslHandler implements HoldsBytes {
  ProbeSslHandler(SSLEngine engine) {
    super(engine);
  }

  @Override
  public boolean holdsBytes() {
    return actualReadableBytes() > 0;
  }
}
