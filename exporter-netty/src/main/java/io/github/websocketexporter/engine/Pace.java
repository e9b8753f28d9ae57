package io.github.websocketexporter.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Whether an event loop has time for one probe more. Where it has too much to do, each that runs
 * takes as long as the loop works for one, times how many there are: so long that it would fail in
 * the end, though its target answers.
 *
 * <p>Only a loop that does not sleep has too much to do: where probes wait for their targets, it
 * does. And only one that takes long from one look for what is ready to the next, in some of which
 * each probe has something to do: what keeps it awake may be something that probes need not wait
 * for, and many probes may just wait for their targets. What it works for one is known by what it
 * worked of late, and how many probes began and ended meanwhile; each of these is half of one.
 *
 * <p>What takes too long just now may be quick in a moment: after a start, code is not compiled
 * yet. So a queue may be longer by half until the loop has been awake for as long as one may take.
 * Confined to its loop.
 */
final class Pace {
  /** For so long, at least, it is watched whether the loop sleeps. */
  private static final long WINDOW_NANOS = Duration.ofMillis(250).toNanos();

  /** Which part of the time a loop that has too much to do may sleep at most. */
  private static final int SLEEPY = 10;

  /** What is kept of what was before, for each such time that has passed. */
  private static final double KEPT = 0.9;

  /** Fewer probes do not tell what one takes. */
  private static final int FEW = 20;

  /** In so many turns of the loop a probe is done that waits for nothing else. */
  private static final int TURNS = 8;

  /** Which part of its time a probe may take here: the rest is its target's. */
  private static final int PART = 3;

  /** A probe that has less time than that is not turned away for a queue that is so short. */
  private static final long LEAST_NANOS = Duration.ofMillis(200).toNanos();

  private final LongSupplier sleptNanos;
  private final LongSupplier turns;
  private long beganNanos;
  private long sleptBeforeNanos;
  private long turnsBefore;
  private long sleeplessNanos;
  private long turnNanos;
  private int halves;
  private double workedNanos;
  private double probes;

  /**
   * The pace of a loop.
   *
   * @param sleptNanos for how long the loop has slept in all
   * @param turns how often it has looked for what there is to do
   */
  Pace(LongSupplier sleptNanos, LongSupplier turns, long nowNanos) {
    this.sleptNanos = sleptNanos;
    this.turns = turns;
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
    long most = mostNanos(limitNanos);
    return probes < FEW
        || TURNS * turnNanos <= most / 2
        || running * (workedNanos / probes) <= (sleeplessNanos < most ? most + most / 2 : most);
  }

  /** How long a probe may wait here: of a short limit, it is not all of it. */
  private static long mostNanos(long limitNanos) {
    return Math.min(limitNanos / 2, Math.max(LEAST_NANOS, limitNanos / PART));
  }

  /** One window without sleep may be a collection of garbage: two in a row are none. */
  private void look(long nowNanos) {
    long elapsed = nowNanos - beganNanos;
    long sleptNow = sleptNanos.getAsLong();
    long slept = sleptNow - sleptBeforeNanos;
    long worked = Math.max(0, elapsed - slept);
    long turnsNow = turns.getAsLong();
    boolean sleepless = slept <= elapsed / SLEEPY;
    boolean again = sleepless && sleeplessNanos > 0;
    turnNanos = again ? worked / Math.max(1, turnsNow - turnsBefore) : 0;
    sleeplessNanos = sleepless ? sleeplessNanos + elapsed : 0;
    double windows = (double) elapsed / WINDOW_NANOS;
    double kept = Math.pow(KEPT, windows);
    double weight = (1 - kept) / ((1 - KEPT) * windows);
    workedNanos = kept * workedNanos + weight * worked;
    probes = kept * probes + weight * halves / 2.0;
    beganNanos = nowNanos;
    sleptBeforeNanos = sleptNow;
    turnsBefore = turnsNow;
    halves = 0;
  }
}
