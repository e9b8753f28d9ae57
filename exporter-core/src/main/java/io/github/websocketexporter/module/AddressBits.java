package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * An IP address as one number of 128 bits. An IPv4 address stands in its mapped form {@code
 * ::ffff:a.b.c.d} (RFC 4291, section 2.5.5.2), however it was spelled.
 *
 * @param high the first 64 bits
 * @param low the last 64 bits
 */
record AddressBits(long high, long low) {
  /** How many bits of the mapped form are before those of the IPv4 address. */
  static final int MAPPED_LENGTH = 96;

  private static final long MAPPED = 0xffffL;
  private static final AddressBits UNSPECIFIED_4 = ofIp4(0);
  private static final AddressBits UNSPECIFIED_6 = new AddressBits(0, 0);

  /** 127.0.0.1 and ::1. */
  private static final List<AddressBits> LOOPBACKS =
      List.of(ofIp4(0x7f000001), new AddressBits(0, 1));

  /** ::ffff:0:0:0/96, IPv4-translated (RFC 2765, section 2.1): what {@code low} begins with. */
  private static final long TRANSLATED = 0xffff0000L;

  /** 64:ff9b::/96 (RFC 6052, section 2.1), without the zeros that {@code low} begins with. */
  private static final long NAT64 = 0x64ff9bL << 32;

  /** 64:ff9b:1::/48 (RFC 8215). */
  private static final long LOCAL_NAT64 = 0x64ff9b0001L;

  /** 2002::/16 (RFC 3056). */
  private static final long SIX_TO_FOUR = 0x2002;

  /** 2001::/32 (RFC 4380, section 2.6). */
  private static final long TEREDO = 0x20010000L;

  /** What {@code low} begins with, but for one bit (RFC 5214, section 6.1). */
  private static final long ISATAP = 0x5efe;

  private static final long NOT_UNIVERSAL = ~(0x0200L << Short.SIZE);

  static AddressBits of(InetAddress address) {
    byte[] octets = address.getAddress();
    long high = 0;
    long low = 0;
    for (byte octet : octets) {
      high = high << Byte.SIZE | low >>> (Long.SIZE - Byte.SIZE);
      low = low << Byte.SIZE | Byte.toUnsignedLong(octet);
    }
    return octets.length == Integer.BYTES ? ofIp4((int) low) : new AddressBits(high, low);
  }

  static AddressBits ofIp4(int address) {
    return new AddressBits(0, MAPPED << 32 | Integer.toUnsignedLong(address));
  }

  boolean isIp4() {
    return high == 0 && low >>> 32 == MAPPED;
  }

  /** Whether this and {@code other} have the same first {@code length} bits. */
  boolean shares(int length, AddressBits other) {
    return ((high ^ other.high) & first(length)) == 0
        && ((low ^ other.low) & first(length - Long.SIZE)) == 0;
  }

  /** Whether all bits behind the first {@code length} are zero. */
  boolean endsAfter(int length) {
    return (high & ~first(length)) == 0 && (low & ~first(length - Long.SIZE)) == 0;
  }

  /**
   * The other addresses at which a connection to this one may end: the loopbacks of an unspecified
   * address, for systems connect to themselves by it, and the IPv4 address that is in an IPv6
   * address for those who translate it or carry it on.
   */
  List<AddressBits> others() {
    if (equals(UNSPECIFIED_4) || equals(UNSPECIFIED_6)) {
      return LOOPBACKS;
    }
    return (low >>> 32 & NOT_UNIVERSAL) == ISATAP
        ? Stream.concat(byPrefix().stream(), embedded((int) low).stream()).toList()
        : byPrefix();
  }

  private List<AddressBits> byPrefix() {
    long before = low >>> 32;
    if ((high == 0 && (before == 0 || before == TRANSLATED)) || (high == NAT64 && before == 0)) {
      return embedded((int) low);
    }
    if (high >>> 32 == TEREDO) {
      return embedded((int) ~low); // Inverted.
    }
    if (high >>> 48 == SIX_TO_FOUR) {
      return embedded((int) (high >>> 16));
    }
    return high >>> 16 == LOCAL_NAT64 ? embeddedByNat64() : List.of();
  }

  /**
   * By a prefix of 48, 56, 64 or 96 bits: which one it is, only the translator knows (RFC 6052,
   * section 2.2; the bits from 64 to 71 are left out).
   */
  private List<AddressBits> embeddedByNat64() {
    return embedded(
        (int) (high << 16 | (low >>> 40 & 0xffff)),
        (int) (high << 24 | (low >>> 32 & 0xffffff)),
        (int) (low >>> 24),
        (int) low);
  }

  /** Without those of 0.0.0.0/8: what is read in the wrong place begins with zeros. */
  private static List<AddressBits> embedded(int... candidates) {
    return IntStream.of(candidates)
        .filter(address -> address >>> 24 != 0)
        .mapToObj(AddressBits::ofIp4)
        .toList();
  }

  /** A number whose first {@code length} of 64 bits are set: none below 1, all above 63. */
  private static long first(int length) {
    if (length <= 0) {
      return 0;
    }
    return length >= Long.SIZE ? -1 : -1L << (Long.SIZE - length);
  }
}
