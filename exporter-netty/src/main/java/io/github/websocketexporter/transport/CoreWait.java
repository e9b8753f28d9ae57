package io.github.websocketexporter.transport;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long a thread has waited for a core, in all its life: the time between when it could have run
 * and when it did, by Linux's own count. Other systems, and kernels without that count, do not
 * tell. Confined to its thread.
 *
 * <pre>
 *   /proc/thread-self/schedstat:  nanoseconds on a core, nanoseconds waiting for one, turns
 * </pre>
 */
final class CoreWait implements LongSupplier {
  private static final String COUNT = "/proc/thread-self/schedstat";

  /** Three numbers of 64 bits. */
  private final byte[] text = new byte[64];

  private @Nullable RandomAccessFile file;

  /** Begins to count for the current thread, if the system tells. */
  void open() {
    try {
      file = new RandomAccessFile(COUNT, "r");
    } catch (IOException e) {
      // It does not.
      file = null;
    }
  }

  /** Nanoseconds; 0 where that is not known. */
  @Override
  public long getAsLong() {
    RandomAccessFile count = file;
    if (count == null) {
      return 0;
    }
    try {
      count.seek(0);
      return second(count.read(text));
    } catch (IOException e) {
      close();
      return 0;
    }
  }

  private long second(int length) {
    int at = 0;
    while (at < length && text[at] != ' ') {
      at++;
    }
    long number = 0;
    for (at++; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
      number = 10 * number + text[at] - '0';
    }
    return number;
  }

  /** Ends it. */
  void close() {
    RandomAccessFile count = file;
    file = null;
    if (count != null) {
      try {
        count.close();
      } catch (IOException e) {
        // It was only read.
      }
    }
  }
}
