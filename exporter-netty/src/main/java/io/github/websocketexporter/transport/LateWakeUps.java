package io.github.websocketexporter.transport;

/**
 * How late an event loop woke up, at most, of late: of the last {@value #KEPT} to twice as many
 * sleeps that its own timer should have ended. Confined to its loop.
 *
 * <p>A core that idles takes a while to run what shall run on it, and a loop that waits for its
 * sockets does not see it. One that outsleeps its timer does, and it is the same wake-up. What the
 * timer itself may be late by (on Linux 50 us, or 0.1 % of the wait if that is more) is in it.
 */
final class LateWakeUps {
  /** Of an idle loop those of a quarter of a minute: {@link LoopDelay} wakes it. */
  private static final int KEPT = 128;

  private long mostNanos;
  private long mostBeforeNanos;
  private int count;

  /** Notes that a sleep ended {@code nanos} after its timer. */
  void add(long nanos) {
    mostNanos = Math.max(mostNanos, nanos);
    count++;
    if (count == KEPT) {
      mostBeforeNanos = mostNanos;
      mostNanos = 0;
      count = 0;
    }
  }

  /** The longest that one of them ended after its timer; 0 if there are none. */
  long mostNanos() {
    return Math.max(mostNanos, mostBeforeNanos);
  }
}
