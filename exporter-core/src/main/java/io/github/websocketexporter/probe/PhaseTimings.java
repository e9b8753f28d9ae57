package io.github.websocketexporter.probe;

import java.util.Arrays;

/**
 * When each phase of a probe began and how long it took, in nanoseconds. A phase that was not
 * reached has no duration: it is absent, not zero. The phase in which a probe failed has the time
 * that it ran. Immutable.
 */
public final class PhaseTimings {
  private static final Phase[] PHASES = Phase.values();
  private static final long ABSENT = -1;

  /** A probe of which no phase ran. */
  public static final PhaseTimings NONE = new Builder().build();

  private final long[] startNanos;
  private final long[] nanos;

  private PhaseTimings(long[] startNanos, long[] nanos) {
    this.startNanos = startNanos;
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

  /**
   * The time from the start of the probe to that of {@code phase}, in nanoseconds.
   *
   * @throws IllegalStateException if it did not run
   */
  public long startNanos(Phase phase) {
    if (!ran(phase)) {
      throw new IllegalStateException(phase + " did not run");
    }
    return startNanos[phase.ordinal()];
  }

  /** The same, but that {@code phase} took {@code durationNanos}, from the end of all others on. */
  public PhaseTimings with(Phase phase, long durationNanos) {
    PhaseTimings other = new PhaseTimings(startNanos.clone(), nanos.clone());
    long end = 0;
    for (Phase each : PHASES) {
      if (each != phase && ran(each)) {
        end = Math.max(end, startNanos[each.ordinal()] + nanos[each.ordinal()]);
      }
    }
    other.startNanos[phase.ordinal()] = end;
    other.nanos[phase.ordinal()] = Math.max(0, durationNanos);
    return other;
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
    private final long[] startNanos = new long[PHASES.length];
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

    /**
     * Notes that {@code phase} began {@code afterNanos} after the start of the probe, which is
     * where one begins of which that was not noted. Of one that is interrupted, the first beginning
     * holds.
     */
    public Builder began(Phase phase, long afterNanos) {
      int index = phase.ordinal();
      if (nanos[index] == ABSENT) {
        startNanos[index] = Math.max(0, afterNanos);
      }
      return this;
    }

    /** The durations noted so far. */
    public PhaseTimings build() {
      return new PhaseTimings(startNanos.clone(), nanos.clone());
    }
  }
}
