package io.github.websocketexporter.probe;

import java.util.Arrays;

/**
 * How long each phase of a probe took, in nanoseconds. A phase that was not reached has no
 * duration: it is absent, not zero. The phase in which a probe failed has the time that it ran.
 * Immutable.
 */
public final class PhaseTimings {
  private static final Phase[] PHASES = Phase.values();
  private static final long ABSENT = -1;

  /** A probe of which no phase ran. */
  public static final PhaseTimings NONE = new Builder().build();

  private final long[] nanos;

  private PhaseTimings(long[] nanos) {
    this.nanos = nanos;
  }

  /** Whether {@code phase} ran. */
  public boolean ran(Phase phase) {
    return nanos[phase.ordinal()] != ABSENT;
  }

  /**
   * The duration of {@code phase}, in nanoseconds.
   *
   * @throws IllegalStateException if it did not run
   */
  public long nanos(Phase phase) {
    if (!ran(phase)) {
      throw new IllegalStateException(phase + " did not run");
    }
    return nanos[phase.ordinal()];
  }

  /** The phases that ran and their durations in milliseconds, for log lines. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (Phase phase : PHASES) {
      if (ran(phase)) {
        text.append(text.isEmpty() ? "" : " ").append(phase.label()).append('=');
        text.append(Math.round(nanos(phase) / 1e3) / 1e3).append("ms");
      }
    }
    return text.toString();
  }

  /** Collects the durations of one probe. Confined to one thread. */
  public static final class Builder {
    private final long[] nanos = new long[PHASES.length];

    /** Begins with no phase. */
    public Builder() {
      Arrays.fill(nanos, ABSENT);
    }

    /**
     * Notes that {@code phase} took {@code durationNanos}, on top of what was noted before; a
     * negative duration counts as zero.
     */
    public Builder add(Phase phase, long durationNanos) {
      int index = phase.ordinal();
      nanos[index] = Math.max(0, nanos[index]) + Math.max(0, durationNanos);
      return this;
    }

    /** The durations noted so far. */
    public PhaseTimings build() {
      return new PhaseTimings(nanos.clone());
    }
  }
}
