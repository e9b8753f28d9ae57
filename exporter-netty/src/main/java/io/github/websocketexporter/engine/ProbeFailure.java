package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import java.util.OptionalInt;

/**
 * That a step failed for a reason that it knows. Carries the reason from where it is known to the
 * probe's one promise; never leaves the engine. Without a stack trace: it is no error of the code.
 */
final class ProbeFailure extends Exception {
  private final FailureReason reason;
  private final OptionalInt closeCode;

  ProbeFailure(FailureReason reason) {
    this(reason, OptionalInt.empty());
  }

  private ProbeFailure(FailureReason reason, OptionalInt closeCode) {
    super(reason.label(), null, false, false);
    this.reason = reason;
    this.closeCode = closeCode;
  }

  /**
   * That the peer sent a Close frame.
   *
   * @param closeCode its status code; 1005 if it held none (RFC 6455, section 7.1.5)
   */
  static ProbeFailure closedByPeer(int closeCode) {
    return new ProbeFailure(FailureReason.CLOSED_BY_PEER, OptionalInt.of(closeCode));
  }

  FailureReason reason() {
    return reason;
  }

  /** The status code of the peer's Close frame, if that is what failed the step. */
  OptionalInt closeCode() {
    return closeCode;
  }
}
