package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import java.util.OptionalInt;

/**
 * That a step failed for a reason that it knows. Carries the reason from where it is known to the
 * probe's one promise; never leaves the engine. Without a stack trace: it is no error of the code.
 */
final class ProbeFailure extends Exception {
  private final FailureReason reason;
  private final OptionalInt code;

  ProbeFailure(FailureReason reason) {
    this(reason, OptionalInt.empty());
  }

  private ProbeFailure(FailureReason reason, OptionalInt code) {
    super(reason.label(), null, false, false);
    this.reason = reason;
    this.code = code;
  }

  /**
   * That the peer sent a Close frame.
   *
   * @param closeCode its status code; 1005 if it held none (RFC 6455, section 7.1.5)
   */
  static ProbeFailure closedByPeer(int closeCode) {
    return new ProbeFailure(FailureReason.CLOSED_BY_PEER, OptionalInt.of(closeCode));
  }

  /**
   * That a proxy does not open the tunnel.
   *
   * @param code what it says: the status of its HTTP answer, or a code of SOCKS (RFC 1928, sections
   *     3 and 6; RFC 1929, section 2)
   */
  static ProbeFailure byProxy(FailureReason reason, int code) {
    return new ProbeFailure(reason, OptionalInt.of(code));
  }

  FailureReason reason() {
    return reason;
  }

  /** The number by which the peer, or the proxy, said why, if it did. */
  OptionalInt code() {
    return code;
  }
}
