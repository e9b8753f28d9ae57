package io.github.websocketexporter.session;

/**
 * When the beats of one session are due: at an interval that does not drift, each session at a
 * moment of its own, so that sessions do not beat together. Immutable.
 *
 * @param part where in the interval they are due, from 0 to 1
 * @param intervalNanos from one to the next
 */
record Schedule(double part, long intervalNanos) {
  /**
   * The golden ratio: multiples of it, without their whole part, are spread as evenly as can be,
   * however many there are (D. Knuth, The Art of Computer Programming, volume 3, section 6.4).
   */
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;

  /** The part of an interval for the session that is the {@code index}th of its event loop. */
  static double partOf(long index) {
    double multiple = index * GOLDEN;
    return multiple - Math.floor(multiple);
  }

  /** When the next beat is due after one at {@code nanos}: half an interval later at the least. */
  long nextAfter(long nanos) {
    long earliest = nanos + intervalNanos / 2;
    long phase = (long) (part * intervalNanos);
    return earliest + intervalNanos - Math.floorMod(earliest - phase, intervalNanos);
  }
}
