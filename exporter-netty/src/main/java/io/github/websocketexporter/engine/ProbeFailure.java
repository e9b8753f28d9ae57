package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;

/**
 * That a step failed for a reason that it knows. Carries the reason from where it is known to the
 * probe's one promise; never leaves the engine. Without a stack trace: it is no error of the code.
 */
final class ProbeFailure extends Exception {
  private final FailureReason reason;

  ProbeFailure(FailureReason reason) {
    super(reason.label(), null, false, false);
    this.reason = reason;
  }

  FailureReason reason() {
    return reason;
  }
}
