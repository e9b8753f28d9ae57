package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.netty.util.concurrent.Promise;

/** To be written. */
final class ProxyStep implements Step {
  @Override
  public Phase phase() {
    return Phase.PROXY;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    throw new UnsupportedOperationException();
  }
}
