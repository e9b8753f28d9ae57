package io.github.websocketexporter.benchmarks.fanout;

import static io.github.websocketexporter.transport.ZeroCopyReceive.NO_STAMP;

import io.github.websocketexporter.transport.ZeroCopyReceive;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.unix.Socket;

/**
 * Has one connection of the target read with the kernel's stamps: takes the bytes right before
 * Netty's own read would, into the same buffer. Confined to the event loop.
 */
final class StampedReads extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int BYTES = 4_096;

  /** Netty's read needs room: a read into none looks like the end of the stream. */
  private static final int LEFT_TO_NETTY = 64;

  private final Socket socket;
  private final ZeroCopyReceive kernel;
  private long stampEpochNanos = NO_STAMP;

  StampedReads(Socket socket, ZeroCopyReceive kernel) {
    this.socket = socket;
    this.kernel = kernel;
  }

  /** When the last byte of the newest read came in; {@link ZeroCopyReceive#NO_STAMP} if unknown. */
  long stampEpochNanos() {
    return stampEpochNanos;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own allocators return this type too.
  public Handle newHandle() {
    return new MaxMessageHandle() {
      private int taken;

      @Override
      public int guess() {
        return BYTES;
      }

      @Override
      public ByteBuf allocate(ByteBufAllocator allocator) {
        ByteBuf buffer = super.allocate(allocator);
        taken = kernel.receive(socket, buffer, buffer.writableBytes() - LEFT_TO_NETTY);
        stampEpochNanos = kernel.stampEpochNanos();
        return buffer;
      }

      @Override
      public void lastBytesRead(int bytes) {
        super.lastBytesRead(taken > 0 ? taken + Math.max(0, bytes) : bytes);
      }
    };
  }
}
