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
 * errors, and bytes that do not fit into one buffer are the ordinary read's business also then.
 * Confined to the event loop.
 */
final class StampedReceive {
  private static final int USUAL_BYTES = 4_096;
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
    ByteBuf buffer = allocator.directBuffer(awaited ? STAMPED_BYTES : USUAL_BYTES);
    boolean received = false;
    try {
      received = receive(buffer) > 0;
      filled = !buffer.isWritable();
    } finally {
      if (!received) {
        buffer.release();
      }
    }
    return received ? buffer : null;
  }

  /** Whether the newest read left something behind, as far as can be told without another one. */
  boolean leftBehind() {
    return filled || error != 0;
  }

  /** Whether the newest read has met the end of the stream. */
  boolean ended() {
    return ended;
  }

  private int receive(ByteBuf buffer) throws IOException {
    stampEpochNanos = NO_STAMP;
    if (awaited && kernel != null) {
      int taken = kernel.receive(socket, buffer, buffer.writableBytes());
      stampEpochNanos = kernel.stampEpochNanos();
      error = kernel.error();
      if (taken > 0) {
        return taken;
      }
      raise();
    }
    int received = socket.receive(buffer);
    ended = received < 0;
    return received;
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
