package io.github.websocketexporter.session;

import io.github.websocketexporter.engine.HeldConnection;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.RoundTrip;
import java.util.concurrent.ThreadLocalRandom;

/** The beats over one connection, from when it was made until it ends. Confined to one thread. */
final class Pulse {
  private final HeldConnection connection;
  private final Beats beats;
  private final Schedule schedule;
  private final boolean oneAtATime;
  private final ExporterMetrics metrics;
  private final long startNanos;
  private long nextNanos;
  private long number = ThreadLocalRandom.current().nextLong();

  /**
   * A pulse over a connection that has just been made.
   *
   * @param beats notes what becomes of them
   * @param oneAtATime whether the next beat waits for the answer to the one before
   */
  Pulse(
      HeldConnection connection,
      Beats beats,
      Schedule schedule,
      boolean oneAtATime,
      ExporterMetrics metrics,
      long nowNanos) {
    this.connection = connection;
    this.beats = beats;
    this.schedule = schedule;
    this.oneAtATime = oneAtATime;
    this.metrics = metrics;
    startNanos = nowNanos;
    nextNanos = nowNanos;
  }

  /** The connection that it goes over. */
  HeldConnection connection() {
    return connection;
  }

  /** When the connection was made. */
  long startNanos() {
    return startNanos;
  }

  /**
   * Finds out what is overdue, and sends what is due.
   *
   * @return whether the connection is dead: too much was not answered
   */
  boolean turn(long nowNanos) {
    if (beats.expire(nowNanos)) {
      return true;
    }
    if (nowNanos - nextNanos >= 0) {
      nextNanos = schedule.nextAfter(nowNanos);
      if (!oneAtATime || beats.allSettled()) {
        number++;
        beats.sent(number, connection.beat(number), nowNanos);
        metrics.sessionPinged();
      }
    }
    return false;
  }

  /** How long until there is something to do. */
  long nanosToTurn(long nowNanos) {
    return Math.min(nextNanos - nowNanos, beats.nanosToExpiry(nowNanos));
  }

  /** Notes that the answer to the beat of {@code answered} came. */
  void answered(long answered, long nowNanos) {
    RoundTrip roundTrip = beats.answered(answered, connection::roundTrip, nowNanos);
    if (roundTrip != null) {
      metrics.sessionPonged(roundTrip);
    }
    if (beats.allSettled()) {
      connection.rest();
    }
  }
}
