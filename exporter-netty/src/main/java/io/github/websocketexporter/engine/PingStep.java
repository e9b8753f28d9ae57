package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.util.concurrent.Promise;
import java.util.function.BooleanSupplier;

/** Sends one PING, or several, and waits for their PONGs (RFC 6455, section 5.5). */
final class PingStep implements Step {
  private final BooleanSupplier mayRepeat;

  /**
   * A step for the probes of one event loop.
   *
   * @param mayRepeat whether there is room for PINGs that only make the number surer
   */
  PingStep(BooleanSupplier mayRepeat) {
    this.mayRepeat = mayRepeat;
  }

  @Override
  public Phase phase() {
    return Phase.PING;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    PingExchange exchange =
        attempt.request().module().ping().count() == 1
            ? new SinglePing(attempt, mayRepeat, done)
            : new PingTrain(attempt, done);
    attempt.channel().pipeline().addBefore(HandlerNames.GUARD, HandlerNames.PING, exchange);
  }
}
