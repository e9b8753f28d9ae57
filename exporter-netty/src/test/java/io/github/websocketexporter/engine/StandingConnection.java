package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.Promise;

/** In place of connecting: a connection that stands already. */
record StandingConnection(EmbeddedChannel channel) implements Step {
  @Override
  public Phase phase() {
    return Phase.CONNECT;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    channel
        .pipeline()
        .addLast(HandlerNames.ARRIVAL, attempt.stopwatch().timer())
        .addLast(HandlerNames.GUARD, new ProbeGuard(attempt));
    attempt.opened(channel);
    done.setSuccess(null);
  }
}
