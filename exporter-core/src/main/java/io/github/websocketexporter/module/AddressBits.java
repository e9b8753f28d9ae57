package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.nio.ByteBuffer;

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

  static AddressBits of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == Integer.BYTES
        ? ofIp4(bytes.getInt())
        : new AddressBits(bytes.getLong(), bytes.getLong());
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

  /** A number whose first {@code length} of 64 bits are set: none below 1, all above 63. */
  private static long first(int length) {
    if (length <= 0) {
      return 0;
    }
    return length >= Long.SIZE ? -1 : -1L << (Long.SIZE - length);
  }
}
