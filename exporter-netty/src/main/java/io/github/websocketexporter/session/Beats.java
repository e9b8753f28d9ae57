package io.github.websocketexporter.session;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.RoundTripHistogram;
import io.github.websocketexporter.transport.Departure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of the beats of one session. One that is not answered within the timeout is overdue:
 * if its answer comes, it was late; after twice the timeout it is lost. Confined to one thread.
 */
final class Beats {
  private static final int LOST_AFTER_TIMEOUTS = 2;

  private final Deque<Beat> waiting = new ArrayDeque<>(1);
  private RoundTripHistogram roundTrips;
  private long timeoutNanos;
  private long pings;
  private long pongs;
  private long late;
  private long lost;
  private long newestKnown;
  private boolean newestAnswered;
  private @Nullable RoundTrip newest;
  private long newestAnswerNanos;
  private OptionalLong newestEpochMillis = OptionalLong.empty();
  private boolean known;
  private Window window;
  private @Nullable Window complete;

  /** A beat that is not answered. */
  private static final class Beat {
    final long ordinal;
    final long number;
    final Departure departure;
    final long sentNanos;
    boolean overdue;

    Beat(long ordinal, long number, Departure departure, long sentNanos) {
      this.ordinal = ordinal;
      this.number = number;
      this.departure = departure;
      this.sentNanos = sentNanos;
    }
  }

  /** How long the answer to a beat took. */
  @FunctionalInterface
  interface Measure {
    RoundTrip of(Departure sent);
  }

  /** No beats yet. */
  Beats(List<Duration> buckets, Duration timeout, long nowNanos) {
    roundTrips = new RoundTripHistogram(buckets);
    timeoutNanos = timeout.toNanos();
    window = new Window(nowNanos);
    newestAnswerNanos = nowNanos;
  }

  /** Goes on with other settings; what was counted stays, as far as the buckets are the same. */
  void goOn(List<Duration> buckets, Duration timeout) {
    timeoutNanos = timeout.toNanos();
    if (!buckets.equals(roundTrips.bounds())) {
      roundTrips = new RoundTripHistogram(buckets);
    }
  }

  /**
   * Begins with a new connection, over which those that wait will not be answered: the overdue ones
   * are lost, of the others nobody knows.
   */
  void beginAnew() {
    waiting.stream().filter(beat -> beat.overdue).forEach(this::lose);
    waiting.clear();
    known = false;
  }

  /** Notes that a beat was sent. */
  void sent(long number, Departure departure, long nowNanos) {
    pings++;
    waiting.add(new Beat(pings, number, departure, nowNanos));
  }

  /**
   * Notes that the answer to {@code number} came.
   *
   * @param measure says how long it took, if there is a beat of that number
   * @return that; null if there is none
   */
  @Nullable RoundTrip answered(long number, Measure measure, long nowNanos) {
    Beat beat = take(number);
    if (beat == null) {
      unmatched();
      return null;
    }
    RoundTrip measured = measure.of(beat.departure);
    boolean isLate = beat.overdue || measured.nanos() - measured.uncertaintyNanos() > timeoutNanos;
    pongs++;
    late += isLate ? 1 : 0;
    known = true;
    if (isNewest(beat)) {
      newest = measured;
      newestAnswered = !isLate;
    }
    newestAnswerNanos = nowNanos;
    newestEpochMillis = OptionalLong.of(System.currentTimeMillis());
    roundTrips.observe(measured.nanos());
    window.answered(measured.nanos());
    return measured;
  }

  /** Notes that an answer to nothing came. */
  void unmatched() {
    window.unmatched();
  }

  private @Nullable Beat take(long number) {
    for (Iterator<Beat> beats = waiting.iterator(); beats.hasNext(); ) {
      Beat beat = beats.next();
      if (beat.number == number) {
        beats.remove();
        return beat;
      }
    }
    return null;
  }

  /** Whether no beat waits for its answer. */
  boolean allSettled() {
    return waiting.isEmpty();
  }

  /** How long until a beat gets overdue or lost; {@link Long#MAX_VALUE} where none waits. */
  long nanosToExpiry(long nowNanos) {
    long nearest = Long.MAX_VALUE;
    for (Beat beat : waiting) {
      long patience = (beat.overdue ? LOST_AFTER_TIMEOUTS : 1) * timeoutNanos;
      nearest = Math.min(nearest, patience - (nowNanos - beat.sentNanos));
    }
    return nearest;
  }

  /**
   * Finds out which beats are overdue or lost by now.
   *
   * @return whether one is lost since whose sending no answer came at all: the connection is dead
   */
  boolean expire(long nowNanos) {
    boolean dead = false;
    for (Iterator<Beat> beats = waiting.iterator(); beats.hasNext(); ) {
      Beat beat = beats.next();
      long waited = nowNanos - beat.sentNanos;
      if (waited >= LOST_AFTER_TIMEOUTS * timeoutNanos) {
        beats.remove();
        lose(beat);
        dead |= newestAnswerNanos - beat.sentNanos < 0;
      } else if (waited >= timeoutNanos && !beat.overdue) {
        beat.overdue = true;
        known = true;
        if (isNewest(beat)) {
          newestAnswered = false;
        }
      }
    }
    return dead;
  }

  private void lose(Beat beat) {
    lost++;
    window.lost();
    if (isNewest(beat)) {
      newestAnswered = false;
    }
  }

  /** Whether {@code beat}, of which something is known now, is newer than all of which that was. */
  private boolean isNewest(Beat beat) {
    newestKnown = Math.max(newestKnown, beat.ordinal);
    return beat.ordinal == newestKnown;
  }

  /** Gives up all that wait: the connection has failed. */
  void loseAll() {
    waiting.forEach(this::lose);
    waiting.clear();
    known = false;
    newest = null;
    newestAnswered = false;
  }

  /**
   * Whether something is known of the newest connection: an answer came, or should have come by
   * now.
   */
  boolean isKnown() {
    return known;
  }

  /** Whether the newest beat of which that is known was answered in time. */
  boolean newestAnswered() {
    return newestAnswered;
  }

  /** The newest round trip; null if there was none, or the connection has failed since. */
  @Nullable RoundTrip newest() {
    return newest;
  }

  /** When the newest answer came, by the wall clock; absent if none has. */
  OptionalLong newestEpochMillis() {
    return newestEpochMillis;
  }

  /**
   * Notes that a scrape came. It ends the window, so that scrapers that ask in turns see the same
   * ones, and each of them all: unless one has ended less than {@code intervalNanos} ago, or hardly
   * longer, for scrapers are not that exact; or nothing has happened since.
   */
  void scraped(long intervalNanos, long nowNanos) {
    if (intervalNanos > 0
        && !window.isEmpty()
        && nowNanos - window.startNanos() >= intervalNanos / 10 * 9) {
      complete = window;
      window = new Window(nowNanos);
    }
  }

  /** Those of the window that has ended last; of the first one while it has not. */
  PingStatistics statistics() {
    return requireNonNull(complete == null ? window : complete).statistics(newest);
  }

  long pings() {
    return pings;
  }

  long pongs() {
    return pongs;
  }

  long late() {
    return late;
  }

  long lost() {
    return lost;
  }

  RoundTripHistogram roundTrips() {
    return roundTrips;
  }
}
