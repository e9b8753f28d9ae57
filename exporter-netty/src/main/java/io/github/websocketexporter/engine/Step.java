package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;

/**
 * What a probe does in one phase. A step keeps no state of a probe: it serves all of them. What it
 * may take, {@link ProbeAttempt} watches over, which owns the only timer for that.
 */
interface Step {
  /** The phase that this step is. */
  Phase phase();

  /**
   * Starts the work, on the event loop, and returns without waiting for it.
   *
   * @param done is to be succeeded when the phase is over, or failed with what went wrong: a {@link
   *     ProbeFailure} where the step knows the reason, else the cause for {@link
   *     FailureClassifier}. May be done already, when the probe ended for another reason.
   */
  void run(ProbeAttempt attempt, Promise<Void> done);

  /** Fails {@code done} if what was handed to the socket could not be sent. */
  static void failIfNotSent(Future<?> sent, Promise<Void> done) {
    sent.addListener(
        outcome -> {
          if (!outcome.isSuccess()) {
            done.tryFailure(outcome.cause());
          }
        });
  }
}
