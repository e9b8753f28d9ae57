package io.github.websocketexporter.transport;

import static io.github.websocketexporter.transport.ZeroCopyReceive.NO_STAMP;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Socket;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.internal.PlatformDependent;

/**
 * How one connection of a probe reads: by Netty's own read, and, while an answer of the peer is
 * awaited, by {@link ZeroCopyReceive} just before that, into the same buffer. Confined to the event
 * loop.
 *
 * <p>Netty asks its receive allocator for a buffer right before each read, and afterwards how much
 * was read. This one fills the buffer when it is asked for it, and adds what it took to what
 * Netty's read, which then mostly finds nothing, reports. So end of stream, errors, and bytes that
 * do not fit are Netty's business as ever.
 */
final class StampedReceive extends DefaultMaxMessagesRecvByteBufAllocator {
  private static final int USUAL_BYTES = 4_096;
  private static final int STAMPED_BYTES = 16_384;

  /** Netty's read needs room: a read into none looks like the end of the stream. */
  private static final int LEFT_TO_NETTY = 64;

  private final Socket socket;
  private final ZeroCopyReceive kernel;
  private boolean awaited;
  private long stampEpochNanos = NO_STAMP;

  StampedReceive(Socket socket, ZeroCopyReceive kernel, int maxReads) {
    super(maxReads);
    this.socket = socket;
    this.kernel = kernel;
  }

  /** Says whether stamps are wanted from now on. */
  void await(boolean value) {
    awaited = value;
  }

  /**
   * When the bytes of the newest read came in, in nanoseconds since the epoch; {@link
   * ZeroCopyReceive#NO_STAMP} if that is not known.
   */
  long stampEpochNanos() {
    return stampEpochNanos;
  }

  @Override
  @SuppressWarnings("deprecation") // Netty's own allocators return this type too.
  public Handle newHandle() {
    return new Stamping();
  }

  private final class Stamping extends MaxMessageHandle {
    private int taken;
    private int error;

    @Override
    public int guess() {
      return awaited ? STAMPED_BYTES : USUAL_BYTES;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator allocator) {
      raise();
      ByteBuf buffer = super.allocate(allocator);
      taken = 0;
      stampEpochNanos = NO_STAMP;
      if (awaited) {
        taken = kernel.receive(socket, buffer, buffer.writableBytes() - LEFT_TO_NETTY);
        stampEpochNanos = kernel.stampEpochNanos();
        error = kernel.error();
        if (taken == 0 && error != 0) {
          buffer.release();
          raise();
        }
      }
      return buffer;
    }

    /** An error that came behind bytes waits until those are delivered. */
    private void raise() {
      if (error != 0) {
        int raised = error;
        error = 0;
        PlatformDependent.throwException(Errors.newIOException("getsockopt", raised));
      }
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
      return error != 0 || super.continueReading(maybeMoreData);
    }

    /** What came after the stamp was taken is in the same buffer: then the stamp is not its own. */
    @Override
    public void lastBytesRead(int bytes) {
      if (taken > 0) {
        if (bytes > 0) {
          stampEpochNanos = NO_STAMP;
        }
        super.lastBytesRead(taken + Math.max(0, bytes));
      } else {
        super.lastBytesRead(bytes);
      }
    }
  }
}
