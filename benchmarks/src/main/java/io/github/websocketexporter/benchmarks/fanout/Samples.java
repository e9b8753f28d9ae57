package io.github.websocketexporter.benchmarks.fanout;

import java.util.Arrays;

/** Numbers of one kind, in the order in which they came, and their percentiles. */
final class Samples {
  private long[] values = new long[1 << 12];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  long get(int index) {
    return values[index];
  }

  /**
   * The value that the given share of them, from 0 to 1, is not above (nearest rank); NaN where
   * there are none.
   */
  double quantile(double share) {
    if (size == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(values, size);
    Arrays.sort(sorted);
    return sorted[Math.max(0, (int) Math.ceil(share * size) - 1)];
  }
}
