package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads literal IP addresses, strictly: only the one spelling of IPv4 that every reader understands
 * alike, and no zone identifiers. Nothing is ever looked up.
 */
public final class LiteralAddress {
  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String QUAD = "(?:" + OCTET + "\\.){3}" + OCTET;
  private static final Pattern IP6 = Pattern.compile("[0-9A-Fa-f:]*:(?:[0-9A-Fa-f]*|" + QUAD + ")");

  private LiteralAddress() {}

  /** The address that {@code text} is, if it is four decimal numbers without leading zeros. */
  public static Optional<InetAddress> ip4(String text) {
    byte[] octets = new byte[4];
    int octet = 0;
    int digits = 0;
    int value = 0;
    for (int i = 0; i <= text.length(); i++) {
      char c = i < text.length() ? text.charAt(i) : '.';
      if (c == '.' && digits > 0 && octet < octets.length) {
        octets[octet++] = (byte) value;
        digits = 0;
        value = 0;
      } else if (c >= '0' && c <= '9' && (digits == 0 || value > 0)) {
        digits++;
        value = 10 * value + (c - '0');
        if (value > 255) {
          return Optional.empty();
        }
      } else {
        return Optional.empty();
      }
    }
    return octet == octets.length ? address(octets) : Optional.empty();
  }

  private static Optional<InetAddress> address(byte[] octets) {
    try {
      return Optional.of(InetAddress.getByAddress(octets));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The address that {@code text} is, if it is an IPv6 address (RFC 4291), without brackets. */
  public static Optional<InetAddress> ip6(String text) {
    return IP6.matcher(text).matches() ? read("[" + text + "]") : Optional.empty();
  }

  private static Optional<InetAddress> read(String literal) {
    try {
      return Optional.of(InetAddress.getByName(literal));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }
}
