package io.github.websocketexporter.session;

import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.RoundTripSpread;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** What became of the beats of some time. Confined to one thread. */
final class Window {
  private final long startNanos;
  private int answered;
  private int lost;
  private int unmatched;
  private long minNanos = Long.MAX_VALUE;
  private long maxNanos;
  private long sumNanos;
  private long previousNanos;
  private long differencesNanos;

  Window(long startNanos) {
    this.startNanos = startNanos;
  }

  long startNanos() {
    return startNanos;
  }

  void answered(long nanos) {
    if (answered > 0) {
      differencesNanos += Math.abs(nanos - previousNanos);
    }
    previousNanos = nanos;
    answered++;
    minNanos = Math.min(minNanos, nanos);
    maxNanos = Math.max(maxNanos, nanos);
    sumNanos += nanos;
  }

  void lost() {
    lost++;
  }

  void unmatched() {
    unmatched++;
  }

  /** Whether there is no beat of which it is known what became of it. */
  boolean isEmpty() {
    return answered + lost == 0;
  }

  /**
   * Its statistics: of the beats of which it is known what became of them.
   *
   * @param newest the newest round trip, which may be of a later time
   */
  PingStatistics statistics(@Nullable RoundTrip newest) {
    int known = answered + lost;
    return new PingStatistics(
        known, answered, unmatched, newest, known < 2 || answered == 0 ? null : spread());
  }

  private RoundTripSpread spread() {
    OptionalLong jitter =
        answered < 2 ? OptionalLong.empty() : OptionalLong.of(differencesNanos / (answered - 1));
    return new RoundTripSpread(minNanos, sumNanos / answered, maxNanos, jitter);
  }
}
