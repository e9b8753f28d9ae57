package io.github.websocketexporter.transport;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Samples how late an event loop runs what is due, by a task that is due every tenth of a second.
 * Confined to its loop, and ends with it.
 *
 * <p>The task is due at fixed moments, whether the loop keeps up or not: a loop that was held for a
 * second gives some ten samples, of 1 s, 0.9 s and so on. So the samples say how long it would have
 * waited, whatever had come at any moment; of a stall that gave only one, the quantiles would show
 * nothing.
 */
public final class LoopDelay {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** After a stop of days, what it missed is no work of its own: the first sample has it whole. */
  private static final long MOST_BEHIND_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final EventExecutor loop;
  private final LongConsumer delayNanos;
  private long dueNanos;

  private LoopDelay(EventExecutor loop, LongConsumer delayNanos) {
    this.loop = loop;
    this.delayNanos = delayNanos;
    dueNanos = loop.ticker().nanoTime() + INTERVAL_NANOS;
  }

  /**
   * Starts to sample {@code loop}.
   *
   * @param delayNanos is told each sample, in nanoseconds, on the loop
   */
  public static void sample(EventExecutor loop, LongConsumer delayNanos) {
    new LoopDelay(loop, delayNanos).await(INTERVAL_NANOS);
  }

  private void await(long nanos) {
    loop.schedule(this::run, nanos, TimeUnit.NANOSECONDS);
  }

  private void run() {
    long now = loop.ticker().nanoTime();
    long behind = now - dueNanos;
    do {
      delayNanos.accept(behind);
      behind = Math.min(behind - INTERVAL_NANOS, MOST_BEHIND_NANOS);
    } while (behind >= 0);
    dueNanos = now - behind;
    await(-behind);
  }
}
