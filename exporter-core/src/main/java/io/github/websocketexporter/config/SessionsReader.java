package io.github.websocketexporter.config;

import java.time.Duration;

/** Reads the block {@code sessions}. */
final class SessionsReader {
  private static final Duration LEAST_LEASE = Duration.ofSeconds(1);

  private SessionsReader() {}

  static SessionSettings read(Block sessions) throws InvalidConfigException {
    Block lease = sessions.block("lease");
    SessionSettings read =
        new SessionSettings(
            sessions.has("max") ? sessions.integer("max", 1, 1_000_000) : null,
            lease.duration("min", LEAST_LEASE, Duration.ofHours(1)),
            lease.duration("max", LEAST_LEASE, Duration.ofDays(1)),
            sessions.duration("max-age", Duration.ofMinutes(1), Duration.ofDays(30)));
    if (read.leaseMin().compareTo(read.leaseMax()) > 0) {
      throw lease.error(
          lease.isDefault("min") ? "max" : "min",
          "expected a min that is not longer than max, but found %s and %s"
              .formatted(Scalars.brief(read.leaseMin()), Scalars.brief(read.leaseMax())));
    }
    lease.close();
    sessions.close();
    return read;
  }
}
