package io.github.websocketexporter.probe;

import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.OptionalLong;

/**
 * How the round trips of one probe differ, in nanoseconds.
 *
 * @param minNanos the shortest
 * @param meanNanos their arithmetic mean
 * @param maxNanos the longest
 * @param jitterNanos the mean absolute difference from one to the next, in the order in which their
 *     PINGs were sent; absent where there is only one
 */
public record RoundTripSpread(
    long minNanos, long meanNanos, long maxNanos, OptionalLong jitterNanos) {

  /** Of one or more round trips, in the order in which their PINGs were sent. */
  static RoundTripSpread of(List<RoundTrip> roundTrips) {
    LongSummaryStatistics nanos =
        roundTrips.stream().mapToLong(RoundTrip::nanos).summaryStatistics();
    return new RoundTripSpread(
        nanos.getMin(), nanos.getSum() / nanos.getCount(), nanos.getMax(), jitterNanos(roundTrips));
  }

  private static OptionalLong jitterNanos(List<RoundTrip> roundTrips) {
    if (roundTrips.size() < 2) {
      return OptionalLong.empty();
    }
    long sum = 0;
    for (int i = 1; i < roundTrips.size(); i++) {
      sum += Math.abs(roundTrips.get(i).nanos() - roundTrips.get(i - 1).nanos());
    }
    return OptionalLong.of(sum / (roundTrips.size() - 1));
  }
}
