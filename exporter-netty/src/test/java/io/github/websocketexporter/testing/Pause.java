package io.github.websocketexporter.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Time that is let pass on purpose, because it is what a test measures. */
public final class Pause {
  private Pause() {}

  /** Returns when so much time has passed, not before. */
  public static void of(Duration duration) {
    long end = System.nanoTime() + duration.toNanos();
    for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
