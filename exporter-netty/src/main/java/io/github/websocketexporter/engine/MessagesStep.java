package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.netty.util.concurrent.Promise;

/** To be written. */
final class MessagesStep implements Step {
  @Override
  public Phase phase() {
    return Phase.MESSAGES;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    throw new UnsupportedOperationException();
  }
}
