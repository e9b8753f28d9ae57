package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.NanoClock;
import java.util.function.LongSupplier;

/**
 * When an event loop asked for what is ready, and so since when, at the earliest, the bytes can
 * have been there that it reads now. Confined to its loop.
 *
 * <p>Bytes may have come at any time since the loop last asked for all that was ready: since the
 * wait before, or an earlier one if that one returned as much as it can hold and so may have left
 * something behind. Only where the loop slept, and nothing was there before it did, it was they
 * that ended the sleep, and the loop woke up at once; except for
 *
 * <ul>
 *   <li>how long it waited for a core meanwhile, where the system tells;
 *   <li>how late a core runs it that has nothing else to do. For that it takes how late it woke up,
 *       at most, when its own timer ended a sleep, of late.
 * </ul>
 *
 * <p>They came still earlier if the process was stopped in its sleep, which it cannot see.
 */
final class LoopWatch {
  /** A wait that is longer than this, with nothing ready right before it, slept. */
  private static final long SLEEP_NANOS = 20_000;

  private final NanoClock clock;
  private final int batch;
  private final LongSupplier coreWait;
  private final LateWakeUps lateWakeUps = new LateWakeUps();
  private long waitNanos;
  private long timerNanos;
  private long coreWaitNanos;
  private long askedNanos;
  private long floorNanos;
  private long floorIfStoppedNanos;
  private boolean maySleep;
  private long turn;
  private long sleptNanos;

  /**
   * Watches a loop.
   *
   * @param batch how many ready sockets one wait can report at most
   * @param coreWait how many nanoseconds the loop's thread has waited for a core, in all; asked on
   *     that thread, and always 0 if it is not known
   */
  LoopWatch(NanoClock clock, int batch, LongSupplier coreWait) {
    this.clock = clock;
    this.batch = batch;
    this.coreWait = coreWait;
    waitNanos = clock.nanoTime();
    askedNanos = waitNanos;
    floorNanos = waitNanos;
    floorIfStoppedNanos = waitNanos;
  }

  /** Notes that the loop is about to ask for what is ready, without a sleep. */
  void beforeAsking() {
    waitNanos = clock.nanoTime();
    maySleep = false;
  }

  /**
   * Notes that the loop is about to sleep until something is ready: it has just asked, and nothing
   * was.
   *
   * @param timerNanos how long it may sleep before its own timer shall end it
   */
  void beforeSleep(long timerNanos) {
    this.timerNanos = timerNanos;
    waitNanos = clock.nanoTime();
    coreWaitNanos = coreWait.getAsLong();
    maySleep = true;
  }

  /** Notes that the wait is over and nothing has been read yet. */
  void afterWait() {
    turn++;
    long nanos = clock.nanoTime();
    floorIfStoppedNanos = askedNanos;
    floorNanos = askedNanos;
    if (maySleep && nanos - waitNanos > SLEEP_NANOS) {
      sleptNanos += nanos - waitNanos;
      floorNanos = Math.max(askedNanos, nanos - wakeUpNanos(nanos - waitNanos));
    }
  }

  /** How long after it should have a sleep of {@code sleptNanos} may have ended. */
  private long wakeUpNanos(long sleptNanos) {
    long waitedNanos = Math.max(0, coreWait.getAsLong() - coreWaitNanos);
    if (sleptNanos >= timerNanos) {
      lateWakeUps.add(Math.max(0, sleptNanos - timerNanos - waitedNanos));
    }
    return waitedNanos + lateWakeUps.mostNanos();
  }

  /**
   * How late the loop woke up, at most, of late: of what is read after a sleep it is that unsure.
   */
  long lateWakeUpNanos() {
    return lateWakeUps.mostNanos();
  }

  /** A number that is another one after each wait. */
  long turn() {
    return turn;
  }

  /** For how long the loop has slept in all. */
  long sleptNanos() {
    return sleptNanos;
  }

  /** Notes that the turn is over, in which {@code handled} sockets were ready. */
  void afterTurn(int handled) {
    if (handled < batch) {
      askedNanos = Math.max(floorNanos, waitNanos);
    }
  }

  /**
   * The earliest moment at which bytes that are read in this turn, from a socket that had been read
   * empty before, can have arrived.
   */
  long floorNanos() {
    return floorNanos;
  }

  /** The same if the process was stopped while the loop slept. */
  long floorIfStoppedNanos() {
    return floorIfStoppedNanos;
  }
}
