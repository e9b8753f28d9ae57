package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.netty.util.concurrent.Promise;

/** Takes the place of all others where the policy denies the target: nothing is done. */
record DeniedStep(Phase phase) implements Step {
  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    done.tryFailure(new ProbeFailure(FailureReason.TARGET_DENIED));
  }
}
