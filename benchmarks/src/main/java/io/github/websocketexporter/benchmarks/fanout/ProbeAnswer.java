package io.github.websocketexporter.benchmarks.fanout;

import java.nio.charset.StandardCharsets;

/**
 * Finds in the body of an answer, in Prometheus' text format, what the benchmark compares. One
 * object for all answers: each {@link #read} forgets the one before.
 */
final class ProbeAnswer {
  private static final byte[] SUCCESS = name("probe_success");
  private static final byte[] DURATION = name("probe_websocket_ping_pong_duration_seconds");
  private static final byte[] UNCERTAINTY = name("probe_websocket_ping_pong_uncertainty_seconds");
  private static final byte[] KERNEL =
      name("probe_websocket_ping_pong_clock_info{clock=\"kernel\"}");
  private static final double NANOS_PER_SECOND = 1e9;

  private boolean success;
  private boolean byKernel;
  private long durationNanos;
  private long uncertaintyNanos;

  private static byte[] name(String name) {
    return (name + " ").getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads the bytes of {@code text} from {@code from} to before {@code to}. */
  void read(byte[] text, int from, int to) {
    success = false;
    byKernel = false;
    durationNanos = -1;
    uncertaintyNanos = -1;
    for (int line = from; line < to; ) {
      int end = endOfLine(text, line, to);
      if (text[line] == 'p') {
        readLine(text, line, end);
      }
      line = end + 1;
    }
  }

  private void readLine(byte[] text, int from, int to) {
    if (starts(text, from, to, SUCCESS)) {
      success = number(text, from + SUCCESS.length, to) == 1;
    } else if (starts(text, from, to, DURATION)) {
      durationNanos = nanos(text, from + DURATION.length, to);
    } else if (starts(text, from, to, UNCERTAINTY)) {
      uncertaintyNanos = nanos(text, from + UNCERTAINTY.length, to);
    } else if (starts(text, from, to, KERNEL)) {
      byKernel = true;
    }
  }

  /** Whether the probe succeeded. */
  boolean success() {
    return success;
  }

  /** The reported round trip; -1 if there is none. */
  long durationNanos() {
    return durationNanos;
  }

  /** How unsure it says to be; -1 if it does not. */
  long uncertaintyNanos() {
    return uncertaintyNanos;
  }

  /** Whether the kernel's clock measured it. */
  boolean byKernel() {
    return byKernel;
  }

  private static int endOfLine(byte[] text, int from, int to) {
    int at = from;
    while (at < to && text[at] != '\n') {
      at++;
    }
    return at;
  }

  private static boolean starts(byte[] text, int from, int to, byte[] with) {
    if (to - from < with.length) {
      return false;
    }
    for (int i = with.length - 1; i >= 0; i--) {
      if (text[from + i] != with[i]) {
        return false;
      }
    }
    return true;
  }

  private static long nanos(byte[] text, int from, int to) {
    return Math.round(number(text, from, to) * NANOS_PER_SECOND);
  }

  private static double number(byte[] text, int from, int to) {
    return Double.parseDouble(new String(text, from, to - from, StandardCharsets.US_ASCII));
  }
}
