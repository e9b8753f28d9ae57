package io.github.websocketexporter.module;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * That the connection to a target is held, and pinged at the interval of {@link PingSettings}.
 * Immutable.
 *
 * @param heartbeat what is said in place of each PING, and what must come then; null for PINGs
 * @param buckets the upper bounds of the buckets of the histogram of round trips, from the lowest
 *     to the highest, without the one that has none
 */
public record ContinuousSettings(@Nullable MessageStep heartbeat, List<Duration> buckets) {
  /** Copies the list. */
  public ContinuousSettings {
    buckets = List.copyOf(buckets);
  }
}
