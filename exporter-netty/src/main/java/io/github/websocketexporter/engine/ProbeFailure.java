package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Failure.Detail;
import io.github.websocketexporter.probe.FailureReason;
import org.jspecify.annotations.Nullable;

/**
 * That a step failed for a reason that it knows. Carries the reason from where it is known to the
 * probe's one promise; never leaves the engine. Without a stack trace: it is no error of the code.
 */
final class ProbeFailure extends Exception {
  private static final String CLOSE = "close";

  private final FailureReason reason;
  private final @Nullable Detail detail;

  ProbeFailure(FailureReason reason) {
    this(reason, null);
  }

  private ProbeFailure(FailureReason reason, @Nullable Detail detail) {
    super(reason.label(), null, false, false);
    this.reason = reason;
    this.detail = detail;
  }

  /**
   * That the peer sent a Close frame.
   *
   * @param closeCode its status code; 1005 if it held none (RFC 6455, section 7.1.5)
   */
  static ProbeFailure closedByPeer(int closeCode) {
    return new ProbeFailure(
        FailureReason.CLOSED_BY_PEER, new Detail(CLOSE, String.valueOf(closeCode)));
  }

  /**
   * That the policy does not let the probe go there.
   *
   * @param list which of its lists it is that does not
   */
  static ProbeFailure denied(String list) {
    return new ProbeFailure(FailureReason.TARGET_DENIED, new Detail("denied-by", list));
  }

  /**
   * That a proxy does not open the tunnel.
   *
   * @param code what it says: the status of its HTTP answer, or a code of SOCKS (RFC 1928, sections
   *     3 and 6; RFC 1929, section 2)
   */
  static ProbeFailure byProxy(FailureReason reason, int code) {
    return new ProbeFailure(reason, new Detail("status", String.valueOf(code)));
  }

  /** The status code of the peer's Close frame; empty if it is not about one. */
  String closeCode() {
    return detail != null && detail.key().equals(CLOSE) ? detail.value() : "";
  }

  FailureReason reason() {
    return reason;
  }

  /** What else is known; null for nothing. */
  @Nullable Detail detail() {
    return detail;
  }
}
