package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When one probe more is too much. */
class PaceTest {
  private static final long LIMIT = Duration.ofSeconds(9).toNanos();

  /** For this one a queue may take 3 s. */
  private static final int MOST = 3_000;

  private long nowNanos = Duration.ofDays(1).toNanos();
  private long sleptNanos;
  private long turns;
  private final Pace pace = new Pace(() -> sleptNanos, () -> turns, nowNanos);

  private boolean allows(int running) {
    return pace.allows(LIMIT, running, nowNanos);
  }

  /** So long a time, of which the loop slept so much, and in which so many probes were done. */
  private void pass(long millis, long sleptMillis, int probes) {
    for (int i = 0; i < probes; i++) {
      pace.begun();
      pace.ended();
    }
    nowNanos += Duration.ofMillis(millis).toNanos();
    sleptNanos += Duration.ofMillis(sleptMillis).toNanos();
    turns++;
  }

  /** For as long as a queue may take, a millisecond for each. */
  private void stayAwake() {
    for (int i = 0; i < 12; i++) {
      pass(400, 39, 361);
      allows(0);
    }
  }

  /** Half of the time: a millisecond for each. */
  @BeforeEach
  void work() {
    pass(1_000, 500, 500);
    assertThat(allows(100_000)).isTrue();
  }

  @Test
  void allowsAsManyAsTakeAThirdOfTheTimeWhereTheLoopDoesNotSleep() {
    pass(300, 0, 300);
    assertThat(allows(100_000)).as("for a moment").isTrue();
    stayAwake();

    assertThat(allows(MOST)).isTrue();
    assertThat(allows(MOST + 1)).isFalse();
    assertThat(pace.allows(LIMIT / 3, MOST / 3, nowNanos)).isTrue();
    assertThat(pace.allows(LIMIT / 3, MOST / 3 + 1, nowNanos)).isFalse();
  }

  @Test
  void allowsMoreWhereTheLoopHasJustBegunToHaveTooMuchToDo() {
    pass(300, 0, 300);
    allows(0);
    pass(400, 39, 361);

    assertThat(allows(MOST + MOST / 2)).isTrue();
    assertThat(allows(MOST + MOST / 2 + 1)).isFalse();
    stayAwake();
    assertThat(allows(MOST + 1)).isFalse();
  }

  @Test
  void allowsWhatWaitsForCodeThatIsNotCompiledYet() {
    Pace fresh = new Pace(() -> sleptNanos, () -> turns, nowNanos);
    for (int tenths = 1; tenths <= 22; tenths++) {
      for (int i = 0; i < 100; i++) {
        fresh.begun();
      }
      pass(100, 0, 0);
      assertThat(fresh.allows(LIMIT, tenths * 100, nowNanos)).isTrue();
    }
  }

  @Test
  void knowsHowManyAlsoWithinOneLongTurnOfABurst() {
    for (int i = 0; i < 2_000; i++) {
      pace.begun(); // Half of them.
    }
    pass(500, 0, 0);
    assertThat(allows(2_000)).isTrue();
    for (int i = 0; i < 1_000; i++) {
      pace.begun();
    }
    pass(500, 0, 0);

    assertThat(allows(MOST - 100)).isTrue();
    assertThat(allows(3 * MOST)).isFalse();
  }

  @Test
  void allowsAlwaysWhatTakesAFifthOfASecond() {
    pass(300, 0, 300);
    allows(0);
    pass(300, 0, 300);

    assertThat(pace.allows(LIMIT / 22, 200, nowNanos)).isTrue();
    assertThat(pace.allows(LIMIT / 22, 201, nowNanos)).isFalse();
  }

  @Test
  void allowsWhatTakesHalfOfAShortLimit() {
    pass(300, 0, 300);
    allows(0);
    pass(300, 0, 300);

    assertThat(pace.allows(LIMIT / 90, 50, nowNanos)).isTrue();
    assertThat(pace.allows(LIMIT / 90, 51, nowNanos)).isFalse();
  }

  @Test
  void allowsAnyNumberWhereWhatKeepsTheLoopAwakeDoesNotKeepProbesWaiting() {
    for (int i = 0; i < 100; i++) {
      turns++;
      pass(300, 0, 12); // 150 ms a turn, in eight of which a probe is done: less than half of 3 s.
      assertThat(allows(100_000)).isTrue();
    }
    pass(300, 0, 12);
    assertThat(allows(100_000)).isFalse();
  }

  @Test
  void forgetsOneLongTimeAsItDoesManyShortOnes() {
    pass(100_000, 0, 0); // No probe, and yet no sleep.
    allows(0);
    for (int i = 0; i < 4; i++) {
      pass(300, 0, 300);
      allows(0);
    }

    assertThat(allows(800)).isTrue();
  }

  @Test
  void allowsAnyNumberThatWaitsForItsTargets() {
    for (int i = 0; i < 100; i++) {
      pass(300, 31, 0);
      assertThat(allows(100_000)).isTrue();
    }
  }

  @Test
  void takesNoNoteOfAStopOrOfLongSilence() {
    pass(2_000, 0, 0);
    assertThat(allows(100_000)).isTrue();
    pass(15_000, 14_950, 1);
    assertThat(allows(100_000)).isTrue();
    pass(2_000, 0, 0);
    assertThat(allows(100_000)).isTrue();
  }

  @Test
  void knowsNothingByAFew() {
    Pace fresh = new Pace(() -> sleptNanos, () -> turns, nowNanos);
    for (int i = 0; i < 3; i++) {
      nowNanos += Duration.ofSeconds(1).toNanos();
      fresh.begun();
      assertThat(fresh.allows(LIMIT, 10_000, nowNanos)).isTrue();
    }
  }

  @Test
  void allowsAgainAsSoonAsTheLoopSleeps() {
    pass(300, 0, 300);
    allows(0);
    pass(300, 0, 300);
    assertThat(allows(7_000)).isFalse();

    pass(300, 100, 200);
    assertThat(allows(7_000)).isTrue();
  }
}
