package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.HandlerNames;
import io.github.websocketexporter.transport.TlsClient;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Promise;

/** Does the TLS handshake. */
final class TlsStep implements Step {
  private final TlsClient tls;

  TlsStep(TlsClient tls) {
    this.tls = tls;
  }

  @Override
  public Phase phase() {
    return Phase.TLS;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    Channel channel = attempt.channel();
    Target target = attempt.target();
    SslHandler handler = tls.newHandler(channel.alloc(), target.tlsName(), target.port());
    handler
        .handshakeFuture()
        .addListener(
            handshake -> {
              if (handshake.isSuccess()) {
                done.trySuccess(null);
              } else {
                done.tryFailure(handshake.cause());
              }
            });
    channel.pipeline().addAfter(HandlerNames.ARRIVAL, HandlerNames.TLS, handler);
  }
}
