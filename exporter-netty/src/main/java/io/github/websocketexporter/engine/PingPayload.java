package io.github.websocketexporter.engine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ByteProcessor;

/**
 * The payload of our PINGs, by which a PONG says which of them it answers (RFC 6455, section
 * 5.5.3): a number of eight bytes, the higher ones first, and as many zeros as the module wants it
 * to be longer.
 */
final class PingPayload {
  private PingPayload() {}

  /** The payload of {@code bytes} bytes that carries {@code number}. */
  static ByteBuf of(ByteBufAllocator allocator, long number, int bytes) {
    return allocator.buffer(bytes).writeLong(number).writeZero(bytes - Long.BYTES);
  }

  /** Whether {@code payload} can be one of ours of {@code bytes} bytes. */
  static boolean isOurs(ByteBuf payload, int bytes) {
    return payload.readableBytes() == bytes
        && payload.forEachByte(
                payload.readerIndex() + Long.BYTES, bytes - Long.BYTES, ByteProcessor.FIND_NON_NUL)
            < 0;
  }

  /** The number that {@code payload} carries, which is one of ours. */
  static long numberOf(ByteBuf payload) {
    return payload.getLong(payload.readerIndex());
  }
}
