package io.github.websocketexporter.http;

import java.util.concurrent.atomic.AtomicInteger;

/** Bounds how many probes run at a time. Shared by all event loops. */
final class AdmissionControl {
  private final int limit;
  private final AtomicInteger admitted = new AtomicInteger();

  AdmissionControl(int limit) {
    this.limit = limit;
  }

  /** Takes one of the places; false if there is none left. */
  boolean tryEnter() {
    if (admitted.incrementAndGet() <= limit) {
      return true;
    }
    admitted.decrementAndGet();
    return false;
  }

  /** Gives the place back. */
  void leave() {
    admitted.decrementAndGet();
  }
}
