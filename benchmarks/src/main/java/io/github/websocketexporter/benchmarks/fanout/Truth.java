package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What the target saw of each probe, in a file that is mapped by the target, which writes, and by
 * the load, which reads. A probe is known by the number that is the path of its URL. Of each PING
 * of a probe there is when it came in, and when the PONG was about to be sent and had been, all in
 * nanoseconds since the epoch.
 *
 * <pre>
 *   slot, 128 bytes:  0 s64 number of PINGs
 *                     8 s64 PING received, s64 PONG about to be sent, s64 PONG sent
 *                    32 the same of the second PING, and so on; the fifth takes the place of the first
 * </pre>
 */
final class Truth {
  /** So many numbers can be told apart; the next one takes the slot of the first. */
  static final int SLOTS = 1 << 18;

  /** Of each probe the newest PINGs are kept, so many: there is more than one in a session. */
  static final int PINGS = 4;

  private static final int SLOT_BYTES = 128;
  private static final int PING_BYTES = 24;
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private final ByteBuffer file;

  private Truth(ByteBuffer file) {
    this.file = file;
  }

  /** Maps {@code path}, an existing file, and makes it as long as it must be. */
  static Truth map(Path path) throws IOException {
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new Truth(channel.map(FileChannel.MapMode.READ_WRITE, 0, (long) SLOTS * SLOT_BYTES));
    }
  }

  /** Forgets what is known of probe {@code number}. */
  void clear(int number) {
    LONG.setRelease(file, slot(number), 0L);
  }

  /**
   * Notes a PING of probe {@code number} whose PONG is about to be sent.
   *
   * @return where to note that it has been
   */
  int sending(int number, long pingEpochNanos, long pongEpochNanos) {
    int slot = slot(number);
    int pings = (int) (long) LONG.getAcquire(file, slot);
    int at = at(number, pings % PINGS);
    LONG.set(file, at, pingEpochNanos);
    LONG.set(file, at + Long.BYTES, pongEpochNanos);
    LONG.set(file, at + 2 * Long.BYTES, pongEpochNanos);
    LONG.setRelease(file, slot, (long) pings + 1);
    return at;
  }

  /** Notes that the PONG has been sent which {@link #sending} noted. */
  void sent(int where, long epochNanos) {
    LONG.setRelease(file, where + 2 * Long.BYTES, epochNanos);
  }

  /** How many PINGs of probe {@code number} were answered. */
  int pings(int number) {
    return (int) (long) LONG.getAcquire(file, slot(number));
  }

  /**
   * The newest kept PING of probe {@code number} whose PONG was about to be sent at {@code
   * epochNanos} or before; -1 if there is none.
   */
  int newestAnswered(int number, long epochNanos) {
    int newest = -1;
    long newestSent = Long.MIN_VALUE;
    for (int ping = 0; ping < Math.min(PINGS, pings(number)); ping++) {
      long sent = (long) LONG.get(file, at(number, ping) + Long.BYTES);
      if (sent <= epochNanos && sent > newestSent) {
        newest = ping;
        newestSent = sent;
      }
    }
    return newest;
  }

  /** From the arrival of a PING of probe {@code number} to right before its PONG was sent. */
  long delayNanos(int number, int ping) {
    int at = at(number, ping);
    return (long) LONG.get(file, at + Long.BYTES) - (long) LONG.get(file, at);
  }

  /**
   * How long the target took to hand that PONG to the kernel: when in that time it went is not
   * known.
   */
  long sendNanos(int number, int ping) {
    int at = at(number, ping);
    return (long) LONG.getAcquire(file, at + 2 * Long.BYTES)
        - (long) LONG.get(file, at + Long.BYTES);
  }

  private static int at(int number, int ping) {
    return slot(number) + Long.BYTES + ping * PING_BYTES;
  }

  private static int slot(int number) {
    return (number & (SLOTS - 1)) * SLOT_BYTES;
  }
}
