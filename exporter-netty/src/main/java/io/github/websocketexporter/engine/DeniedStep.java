package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.netty.util.concurrent.Promise;

/**
 * Takes the place of all others where the policy denies the target: nothing is done.
 *
 * @param list the list that denies it
 */
record DeniedStep(Phase phase, String list) implements Step {
  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    done.tryFailure(ProbeFailure.denied(list));
  }
}
