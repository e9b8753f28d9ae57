package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.NanoClock;

/**
 * When an event loop waited for I/O, and so since when, at the earliest, the bytes can have been
 * there that it reads now. Confined to its loop.
 *
 * <p>If the loop slept in its last wait, nothing was there before, and what it reads came when the
 * wait returned. If the wait returned at once, the bytes may have come at any time since the loop
 * last asked for all that was ready: since the wait before, or an earlier one if that one returned
 * as much as it can hold and so may have left something behind.
 */
final class LoopWatch {
  /** A wait that is longer than this, with little to report before it, slept. */
  private static final long SLEEP_NANOS = 20_000;

  /** The same after a busy turn: reporting thousands of ready sockets takes time, too. */
  private static final long BUSY_SLEEP_NANOS = 1_000_000;

  private static final int BUSY = 64;

  private final NanoClock clock;
  private final int batch;
  private long waitNanos;
  private long askedNanos;
  private long floorNanos;
  private int handledLast;
  private boolean mayBlock;
  private boolean slept;

  /**
   * Watches a loop.
   *
   * @param batch how many ready sockets one wait can report at most
   */
  LoopWatch(NanoClock clock, int batch) {
    this.clock = clock;
    this.batch = batch;
    waitNanos = clock.nanoTime();
    askedNanos = waitNanos;
    floorNanos = waitNanos;
  }

  /** Notes that the loop is about to wait. */
  void beforeWait() {
    waitNanos = clock.nanoTime();
    mayBlock = false;
    slept = false;
  }

  /** Notes whether the loop may sleep in the wait that comes. */
  void mayBlock(boolean value) {
    mayBlock = value;
  }

  /** Notes that the wait is over and nothing has been read yet. */
  void afterWait() {
    long nanos = clock.nanoTime();
    slept = mayBlock && nanos - waitNanos > (handledLast < BUSY ? SLEEP_NANOS : BUSY_SLEEP_NANOS);
    floorNanos = slept ? nanos : askedNanos;
  }

  /** Notes that the turn is over, in which {@code handled} sockets were ready. */
  void afterTurn(int handled) {
    handledLast = handled;
    if (slept) {
      askedNanos = floorNanos;
    } else if (handled < batch) {
      askedNanos = waitNanos;
    }
  }

  /**
   * The earliest moment at which bytes that are read in this turn, from a socket that had been read
   * empty before, can have arrived.
   */
  long floorNanos() {
    return floorNanos;
  }
}
