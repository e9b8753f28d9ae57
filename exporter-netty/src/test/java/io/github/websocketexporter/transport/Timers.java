package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.NanoClock;

/** Timers for tests outside of this package. */
public final class Timers {
  private Timers() {}

  /** A timer by {@code clock} alone, for a connection on no real event loop. */
  public static ArrivalTimer byLoop(NanoClock clock) {
    return new ArrivalTimer(clock, clock::nanoTime, new LoopWatch(clock, 1, () -> 0));
  }
}
