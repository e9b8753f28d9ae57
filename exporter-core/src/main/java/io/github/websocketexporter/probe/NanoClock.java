package io.github.websocketexporter.probe;

/** A source of monotonic time. Injected wherever time is read, so that tests can hold it still. */
@FunctionalInterface
public interface NanoClock {
  /** The monotonic clock of the machine: {@link System#nanoTime()}. */
  NanoClock SYSTEM = System::nanoTime;

  /**
   * Nanoseconds since an arbitrary fixed moment. Only differences mean anything; never goes back,
   * and does not follow a wall clock that is set.
   */
  long nanoTime();
}
