package io.github.websocketexporter.engine;

import java.time.Duration;

/**
 * Whether an event loop has time for one probe more. Where it has too much to do, each that runs
 * takes as long as the loop needs for one, times how many there are (Little's law): so long that it
 * would fail in the end, though its target answers.
 *
 * <p>Only a loop that is late again and again has too much to do: where probes wait for their
 * targets, it is not, and a collection of garbage makes it late once. Confined to its loop.
 */
final class Pace {
  /** What is late by less may just share its core with others. */
  private static final long LATE_NANOS = Duration.ofMillis(50).toNanos();

  /** Probes are counted for so long, at least. */
  private static final long WINDOW_NANOS = Duration.ofMillis(250).toNanos();

  /** Which part of its time a probe may take here: the rest is its target's. */
  private static final int PART = 3;

  private static final long LEAST_NANOS = Duration.ofMillis(200).toNanos();

  private long beganNanos;
  private long mostLateNanos;
  private int ended;

  /** Whether it was late in the window before this one. */
  private boolean late;

  /** What it takes for one probe; 0 where that is not known, or it has not too much to do. */
  private long nanosEach;

  /** Notes that something ran so late. */
  void delayed(long nanos) {
    mostLateNanos = Math.max(mostLateNanos, nanos);
  }

  /** Notes that a probe has ended. */
  void ended() {
    ended++;
  }

  /**
   * Whether a probe will not fail on the exporter's account.
   *
   * @param limitNanos the longest that it may take
   * @param running how many others there are
   */
  boolean allows(long limitNanos, int running, long nowNanos) {
    if (nowNanos - beganNanos >= WINDOW_NANOS) {
      boolean lateBefore = late;
      late = mostLateNanos > LATE_NANOS;
      nanosEach = late && lateBefore ? (nowNanos - beganNanos) / Math.max(1, ended) : 0;
      beganNanos = nowNanos;
      mostLateNanos = 0;
      ended = 0;
    }
    return running * nanosEach <= Math.max(LEAST_NANOS, limitNanos / PART);
  }
}
