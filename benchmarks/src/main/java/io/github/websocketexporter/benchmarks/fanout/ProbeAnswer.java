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
  private static final byte[] LAST_PONG = name("probe_websocket_last_pong_timestamp_seconds");
  private static final byte[] LATE = name("probe_websocket_pongs_late_total");
  private static final byte[] LOST = name("probe_websocket_pings_lost_total");
  private static final double NANOS_PER_SECOND = 1e9;

  private boolean success;
  private boolean byKernel;
  private long durationNanos;
  private long uncertaintyNanos;
  private long lastPongEpochNanos;
  private int late;
  private int lost;

  private static byte[] name(String name) {
    return (name + " ").getBytes(StandardCharsets.US_ASCII);
  }

  /** Reads the bytes of {@code text} from {@code from} to before {@code to}. */
  void read(byte[] text, int from, int to) {
    success = false;
    byKernel = false;
    durationNanos = -1;
    uncertaintyNanos = -1;
    lastPongEpochNanos = -1;
    late = 0;
    lost = 0;
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
    } else if (starts(text, from, to, LAST_PONG)) {
      lastPongEpochNanos = nanos(text, from + LAST_PONG.length, to);
    } else if (starts(text, from, to, LATE)) {
      late = (int) number(text, from + LATE.length, to);
    } else if (starts(text, from, to, LOST)) {
      lost = (int) number(text, from + LOST.length, to);
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

  /** When the newest PONG of a session came, to the millisecond; -1 if there is no session. */
  long lastPongEpochNanos() {
    return lastPongEpochNanos;
  }

  /** How many PONGs of a session were late. */
  int late() {
    return late;
  }

  /** How many PINGs of a session were lost. */
  int lost() {
    return lost;
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
