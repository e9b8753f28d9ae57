package io.github.websocketexporter.session;

import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt to connect: up to a second after the first failure, up
 * to twice as long after each further one, and up to half a minute in the end. How much of that is
 * chance ("full jitter"), so that those that were cut off together do not come back together.
 * Confined to one thread.
 */
final class Backoff {
  /** A connection that lived so long has not failed because of how soon it was made. */
  static final long LONG_LIFE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final DoubleSupplier random;
  private long limitNanos = FIRST_NANOS;

  /**
   * A back-off that has seen no failure.
   *
   * @param random from 0 to 1
   */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** Notes that a connection lived for {@code nanos}: after a long life it begins anew. */
  void lived(long nanos) {
    if (nanos >= LONG_LIFE_NANOS) {
      limitNanos = FIRST_NANOS;
    }
  }

  /** How long to wait after a failure. */
  long nextNanos() {
    long wait = (long) (random.getAsDouble() * limitNanos);
    limitNanos = Math.min(MOST_NANOS, 2 * limitNanos);
    return wait;
  }
}
