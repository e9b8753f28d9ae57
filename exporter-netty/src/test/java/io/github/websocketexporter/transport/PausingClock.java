package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.testing.Pause;
import java.time.Duration;

/**
 * A clock that holds up who reads it, while a test wants that: as does a garbage collection, or a
 * core that is busy with something else.
 */
public final class PausingClock {
  private volatile Duration pause = Duration.ZERO;

  /** From now on each look at it takes so long. */
  public void pauseFor(Duration duration) {
    pause = duration;
  }

  /** The same transport, with this clock and the kernel's stamps. */
  public Transport on(Transport transport) {
    NanoClock clock =
        () -> {
          Pause.of(pause);
          return System.nanoTime();
        };
    return TestClocks.on(transport, clock, WallClock.SYSTEM);
  }
}
