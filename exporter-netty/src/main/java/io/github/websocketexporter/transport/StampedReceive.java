package io.github.websocketexporter.transport;

import static io.github.websocketexporter.transport.ZeroCopyReceive.NO_STAMP;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.unix.Errors;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How one connection of a probe reads: by an ordinary read, or, while an answer of the peer is
 * awaited, by {@link ZeroCopyReceive}, which says when the kernel received it. End of stream,
 * errors, and more bytes than fit into one buffer are the ordinary read's business also then, which
 * takes less: a server that sends so much has no more of the event loop's time than others.
 * Confined to the event loop.
 */
final class StampedReceive {
  /** The room of an ordinary read. */
  static final int USUAL_BYTES = 4_096;

  private static final int STAMPED_BYTES = 16_384;

  private final ProbeSocket socket;
  private final @Nullable ZeroCopyReceive kernel;
  private boolean awaited;
  private long stampEpochNanos = NO_STAMP;
  private int error;
  private boolean ended;
  private boolean filled;

  /**
   * Reads from {@code socket}.
   *
   * @param kernel reads with stamps; null if nothing is stamped
   */
  StampedReceive(ProbeSocket socket, @Nullable ZeroCopyReceive kernel) {
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

  /**
   * Reads once.
   *
   * @return the bytes, which the caller releases; null where there are none, or the stream has
   *     ended
   * @throws IOException of the socket, once what came before it was read
   */
  @Nullable ByteBuf read(ByteBufAllocator allocator) throws IOException {
    raise();
    stampEpochNanos = NO_STAMP;
    if (awaited && kernel != null) {
      ByteBuf stamped = allocator.directBuffer(STAMPED_BYTES);
      if (kernel.receive(socket, stamped, stamped.writableBytes()) > 0) {
        stampEpochNanos = kernel.stampEpochNanos();
        error = kernel.error();
        filled = !stamped.isWritable();
        return stamped;
      }
      stamped.release();
      error = kernel.error();
      raise();
    }
    ByteBuf buffer = allocator.directBuffer(USUAL_BYTES);
    int received = 0;
    try {
      received = socket.receive(buffer);
      filled = !buffer.isWritable();
      ended = received < 0;
    } finally {
      if (received <= 0) {
        buffer.release();
      }
    }
    return received > 0 ? buffer : null;
  }

  /** Whether the newest read left something behind, as far as can be told without another one. */
  boolean leftBehind() {
    return filled || error != 0;
  }

  /** Whether the newest read has met the end of the stream. */
  boolean ended() {
    return ended;
  }

  /** An error that came behind bytes waits until those are delivered. */
  private void raise() throws IOException {
    if (error != 0) {
      int raised = error;
      error = 0;
      throw Errors.newIOException("getsockopt", raised);
    }
  }
}
