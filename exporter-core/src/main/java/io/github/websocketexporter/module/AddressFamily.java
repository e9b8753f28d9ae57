package io.github.websocketexporter.module;

import java.net.Inet4Address;
import java.net.InetAddress;

/** The family of an IP address. */
public enum AddressFamily {
  /** Internet Protocol version 4 (RFC 791). */
  IP4(4),
  /** Internet Protocol version 6 (RFC 8200). */
  IP6(6);

  private final int version;

  AddressFamily(int version) {
    this.version = version;
  }

  /** The version number of the protocol: 4 or 6. */
  public int version() {
    return version;
  }

  /** The family that {@code address} belongs to. */
  public static AddressFamily of(InetAddress address) {
    return address instanceof Inet4Address ? IP4 : IP6;
  }
}
