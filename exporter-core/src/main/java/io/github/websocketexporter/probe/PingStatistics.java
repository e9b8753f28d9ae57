package io.github.websocketexporter.probe;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the PINGs of one probe.
 *
 * @param sent the PINGs that were handed to the socket; those that only measure an unsure round
 *     trip again do not count
 * @param received the PONGs that carried the payload of one of them, in time
 * @param unmatched the PONGs that carried anything else, came again, or came too late
 * @param roundTrip PING handed to the socket to arrival of its PONG; of several, the median one,
 *     the lower of two; null if none came
 * @param spread how the round trips of several PINGs differ; null if fewer than two were sent, or
 *     no PONG came
 */
public record PingStatistics(
    int sent,
    int received,
    int unmatched,
    @Nullable RoundTrip roundTrip,
    @Nullable RoundTripSpread spread) {

  /** Of one PING; {@code roundTrip} is null if its PONG did not come. */
  public static PingStatistics single(int unmatched, @Nullable RoundTrip roundTrip) {
    return new PingStatistics(1, roundTrip == null ? 0 : 1, unmatched, roundTrip, null);
  }

  /**
   * Of {@code sent} PINGs; {@code roundTrips} are those of the answered ones, as these were sent.
   */
  public static PingStatistics several(int sent, int unmatched, List<RoundTrip> roundTrips) {
    return new PingStatistics(
        sent,
        roundTrips.size(),
        unmatched,
        roundTrips.isEmpty() ? null : median(roundTrips),
        sent < 2 || roundTrips.isEmpty() ? null : RoundTripSpread.of(roundTrips));
  }

  private static RoundTrip median(List<RoundTrip> roundTrips) {
    return roundTrips.stream()
        .sorted(Comparator.comparingLong(RoundTrip::nanos))
        .skip((roundTrips.size() - 1) / 2)
        .findFirst()
        .orElseThrow();
  }

  /** The part of the sent PINGs that has no PONG, from 0 to 1. */
  public double lossRatio() {
    return sent == 0 ? 0 : (double) (sent - received) / sent;
  }
}
