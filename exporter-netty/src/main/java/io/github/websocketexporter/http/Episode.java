package io.github.websocketexporter.http;

import java.time.Duration;

/**
 * A row of events that is worth one line in the log: over when none has come for a while. Safe for
 * use by several threads.
 */
final class Episode {
  /** How long no event must have come before the next one begins another episode. */
  static final Duration CALM = Duration.ofSeconds(10);

  private boolean begun;
  private long lastNanos;

  /**
   * Notes an event.
   *
   * @return whether it begins an episode
   */
  synchronized boolean begins(long nanoTime) {
    boolean first = !begun || nanoTime - lastNanos >= CALM.toNanos();
    begun = true;
    lastNanos = nanoTime;
    return first;
  }
}
