package io.github.websocketexporter.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How connections are held, for modules that are continuous.
 *
 * @param wantedMax the most that are held at a time; null where that is left to the exporter
 * @param leaseMin the least time that one is held which nobody asks for
 * @param leaseMax the longest time that one is held which nobody asks for
 * @param maxAge how long one lasts before it is made anew
 */
public record SessionSettings(
    @Nullable Integer wantedMax, Duration leaseMin, Duration leaseMax, Duration maxAge) {
  private static final int USUAL_MAX = 10_000;

  /** The most that are held at a time. */
  public int max() {
    return wantedMax == null ? USUAL_MAX : wantedMax;
  }

  /** The same, but that at most so many are held. */
  SessionSettings withMax(int most) {
    return new SessionSettings(most, leaseMin, leaseMax, maxAge);
  }
}
