package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network of IP addresses (RFC 4632, section 3.1; RFC 4291, section 2.3): those of one family
 * that begin with the same bits. Immutable.
 */
public final class Cidr {
  private static final Pattern LENGTH = Pattern.compile("0|[1-9]\\d{0,2}");
  private static final Pattern IN_BRACKETS = Pattern.compile("\\[(.*:.*)]");
  private static final int MOST = 128;

  private final AddressBits network;
  private final int length;

  private Cidr(AddressBits network, int length) {
    this.network = network;
    this.length = length;
  }

  /**
   * The network that {@code text} is: {@code 10.0.0.0/8}, {@code fd00::/8}, or an address alone, as
   * it stands in a URL, too: {@code [::1]}. IPv4 in its mapped form is IPv4: {@code
   * ::ffff:10.0.0.0/104} is {@code 10.0.0.0/8}.
   *
   * @return empty where it is none, or where the address has bits behind its first ones that are
   *     not zero
   */
  public static Optional<Cidr> parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? withoutBrackets(text) : text.substring(0, slash);
    String length = slash < 0 ? null : text.substring(slash + 1);
    if (length != null && !LENGTH.matcher(length).matches()) {
      return Optional.empty();
    }
    int before = address.indexOf(':') < 0 ? AddressBits.MAPPED_LENGTH : 0;
    int bits = length == null ? MOST : before + Integer.parseInt(length);
    return LiteralAddress.ip4(address)
        .or(() -> LiteralAddress.ip6(address))
        .map(AddressBits::of)
        .filter(network -> bits <= MOST && network.endsAfter(bits))
        .map(network -> new Cidr(network, bits));
  }

  private static String withoutBrackets(String text) {
    Matcher matcher = IN_BRACKETS.matcher(text);
    return matcher.matches() ? matcher.group(1) : text;
  }

  /** Whether {@code address} belongs to this network. */
  public boolean contains(InetAddress address) {
    return contains(AddressBits.of(address));
  }

  /** Whether every address of its family belongs to it: {@code 0.0.0.0/0}, {@code ::/0}. */
  boolean isWholeFamily() {
    return length == (network.isIp4() ? AddressBits.MAPPED_LENGTH : 0);
  }

  boolean contains(AddressBits address) {
    return address.isIp4() == network.isIp4() && network.shares(length, address);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cidr cidr && network.equals(cidr.network) && length == cidr.length;
  }

  @Override
  public int hashCode() {
    return 31 * network.hashCode() + length;
  }
}
