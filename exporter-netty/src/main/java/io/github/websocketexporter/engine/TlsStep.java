package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.TlsClient;
import io.github.websocketexporter.transport.TlsHandshake;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Promise;

/** Does the TLS handshake. */
final class TlsStep implements Step {
  private final TlsClient client;

  /** A step that shakes hands as {@code client} does. */
  TlsStep(TlsClient client) {
    this.client = client;
  }

  @Override
  public Phase phase() {
    return Phase.TLS;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    Channel channel = attempt.channel();
    Target target = attempt.target();
    TlsHandshake handshake = client.newHandshake(channel.alloc(), target.tlsName(), target.port());
    attempt.handshaking(handshake);
    handshake
        .start(channel.pipeline())
        .addListener(
            over -> {
              if (over.isSuccess()) {
                done.trySuccess(null);
                // Only now, when the request is on its way: reading certificates is of no phase.
                handshake.facts();
              } else {
                done.tryFailure(over.cause());
              }
            });
  }
}
