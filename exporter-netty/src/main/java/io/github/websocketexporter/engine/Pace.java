package io.github.websocketexporter.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether an event loop has time for one probe more. Where it has too much to do, each that runs
 * takes as long as the loop works for one, times how many there are: so long that it would fail in
 * the end, though its target answers.
 *
 * <p>Only a loop that does not sleep has too much to do: where probes wait for their targets, it
 * does. What it works for one is known by what it worked of late, and how many probes began and
 * ended meanwhile; each of these is half of one. Confined to its loop.
 */
final class Pace {
  /** For so long, at least, it is watched whether the loop sleeps. */
  private static final long WINDOW_NANOS = Duration.ofMillis(250).toNanos();

  /** Which part of the time a loop that has too much to do may sleep at most. */
  private static final int SLEEPY = 10;

  /** What is kept of what was before, for each such time that has passed. */
  private static final double KEPT = 0.9;

  /** Fewer probes do not tell what one takes. */
  private static final int FEW = 100;

  /** Which part of its time a probe may take here: the rest is its target's. */
  private static final int PART = 3;

  /** A probe that has less time than that is not turned away for a queue that is so short. */
  private static final long LEAST_NANOS = Duration.ofMillis(200).toNanos();

  private final LongSupplier sleptNanos;
  private long beganNanos;
  private long sleptBeforeNanos;
  private boolean sleepless;
  private boolean saturated;
  private int halves;
  private double workedNanos;
  private double probes;

  /**
   * The pace of a loop.
   *
   * @param sleptNanos for how long the loop has slept in all
   */
  Pace(LongSupplier sleptNanos, long nowNanos) {
    this.sleptNanos = sleptNanos;
    beganNanos = nowNanos;
  }

  /** Notes that a probe has begun. */
  void begun() {
    halves++;
  }

  /** Notes that a probe has ended. */
  void ended() {
    halves++;
  }

  /**
   * Whether there is time for a probe.
   *
   * @param limitNanos the longest that it may take
   * @param running how many others there are
   */
  boolean allows(long limitNanos, int running, long nowNanos) {
    if (nowNanos - beganNanos >= WINDOW_NANOS) {
      look(nowNanos);
    }
    return !saturated
        || probes < FEW
        || running * (workedNanos / probes) <= Math.max(LEAST_NANOS, limitNanos / PART);
  }

  /** One window without sleep may be a collection of garbage: two in a row are none. */
  private void look(long nowNanos) {
    long elapsed = nowNanos - beganNanos;
    long sleptNow = sleptNanos.getAsLong();
    long slept = sleptNow - sleptBeforeNanos;
    boolean sleeplessBefore = sleepless;
    sleepless = slept <= elapsed / SLEEPY;
    saturated = sleepless && sleeplessBefore;
    double kept = Math.pow(KEPT, (double) elapsed / WINDOW_NANOS);
    workedNanos = kept * workedNanos + Math.max(0, elapsed - slept);
    probes = kept * probes + halves / 2.0;
    beganNanos = nowNanos;
    sleptBeforeNanos = sleptNow;
    halves = 0;
  }
}
