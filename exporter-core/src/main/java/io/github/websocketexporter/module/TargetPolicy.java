package io.github.websocketexporter.module;

import java.net.InetAddress;

/** Where probes may go. Immutable. */
public final class TargetPolicy {
  /** Anywhere. */
  public static final TargetPolicy ANY = new TargetPolicy();

  private TargetPolicy() {}

  /**
   * Whether a target may be probed, as far as that can be said before its name is resolved.
   *
   * @param secure whether the scheme is {@code wss}
   * @param host the host in ASCII, in lower case; an IPv6 address without its brackets
   */
  public boolean permitsTarget(boolean secure, String host, int port) {
    return true;
  }

  /** Whether {@code address} may be connected to. */
  public boolean permitsAddress(InetAddress address) {
    return true;
  }
}
