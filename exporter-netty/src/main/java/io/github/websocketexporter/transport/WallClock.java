package io.github.websocketexporter.transport;

import java.time.Instant;

/** A source of the time of day, which the kernel stamps arrivals with. Injected, for tests. */
@FunctionalInterface
public interface WallClock {
  /** The machine's CLOCK_REALTIME. */
  WallClock SYSTEM =
      () -> {
        Instant now = Instant.now();
        return now.getEpochSecond() * 1_000_000_000L + now.getNano();
      };

  /** Nanoseconds since the epoch. Jumps where the machine's clock is set. */
  long epochNanos();
}
