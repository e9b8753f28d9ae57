package io.github.websocketexporter.probe;

import java.time.Duration;
import java.util.List;

/** Counts round trips by how long they took. Confined to one thread. */
public final class RoundTripHistogram {
  private final List<Duration> bounds;
  private final long[] counts;
  private long sumNanos;

  /**
   * One that has counted nothing.
   *
   * @param bounds the upper bounds of its buckets, from the lowest to the highest; one more has
   *     none
   */
  public RoundTripHistogram(List<Duration> bounds) {
    this(bounds, new long[bounds.size() + 1], 0);
  }

  private RoundTripHistogram(List<Duration> bounds, long[] counts, long sumNanos) {
    this.bounds = bounds;
    this.counts = counts;
    this.sumNanos = sumNanos;
  }

  /** Counts a round trip. */
  public void observe(long nanos) {
    int bucket = 0;
    while (bucket < bounds.size() && nanos > bounds.get(bucket).toNanos()) {
      bucket++;
    }
    counts[bucket]++;
    sumNanos += nanos;
  }

  /** What it has counted so far: another one, that does not change with this. */
  public RoundTripHistogram copy() {
    return new RoundTripHistogram(bounds, counts.clone(), sumNanos);
  }

  /** The upper bounds of its buckets but the last, which has none. */
  public List<Duration> bounds() {
    return bounds;
  }

  /** How many round trips the bucket at {@code index} has, without those of lower buckets. */
  public long count(int index) {
    return counts[index];
  }

  /** The sum of all round trips. */
  public long sumNanos() {
    return sumNanos;
  }
}
