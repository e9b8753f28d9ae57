package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.NanoClock;
import java.time.Duration;

/**
 * A time of day that is off from the one that the kernel stamps with, by as much as a test says.
 */
public final class ShiftedWallClock {
  private volatile long shiftNanos;

  /** From now on it is ahead of the kernel's by so much. */
  public void aheadBy(Duration shift) {
    shiftNanos = shift.toNanos();
  }

  /** The same transport, whose kernel clock is compared with this one. */
  public Transport on(Transport transport) {
    WallClock wall = () -> WallClock.SYSTEM.epochNanos() + shiftNanos;
    return TestClocks.on(transport, NanoClock.SYSTEM, wall);
  }
}
