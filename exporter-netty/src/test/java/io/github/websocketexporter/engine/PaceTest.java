package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When one probe more is too much. */
class PaceTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private long nowNanos = Duration.ofDays(1).toNanos();
  private final Pace pace = new Pace();

  /** Half a second in which so many probes end, and the loop is late by so much in the end. */
  private boolean afterHalfASecond(int ended, long delayMillis, Duration limit, int running) {
    for (int i = 0; i < ended; i++) {
      pace.ended();
    }
    nowNanos += Duration.ofMillis(500).toNanos();
    pace.delayed(Duration.ofMillis(delayMillis).toNanos());
    pace.delayed(0);
    return pace.allows(limit.toNanos(), running, nowNanos);
  }

  @Test
  void allowsAnyNumberWhileTheLoopIsNotLate() {
    assertThat(afterHalfASecond(1, 0, LIMIT, 6_700)).isTrue();
    assertThat(afterHalfASecond(1, 50, LIMIT, 6_700)).isTrue();
    assertThat(afterHalfASecond(1, 50, LIMIT, 6_700)).isTrue();
  }

  @Test
  void allowsAsManyAsEndInAThirdOfTheTime() {
    afterHalfASecond(500, 150, LIMIT, 0);

    assertThat(afterHalfASecond(500, 150, LIMIT, 3_333)).isTrue();
    assertThat(afterHalfASecond(500, 150, LIMIT, 3_334)).isFalse();
    assertThat(afterHalfASecond(500, 150, Duration.ofSeconds(3), 1_001)).isFalse();
  }

  @Test
  void allowsAlwaysAsManyAsEndInAFifthOfASecond() {
    afterHalfASecond(500, 150, LIMIT, 0);

    assertThat(afterHalfASecond(500, 150, Duration.ofMillis(500), 200)).isTrue();
    assertThat(afterHalfASecond(500, 150, Duration.ofMillis(500), 201)).isFalse();
  }

  @Test
  void takesNoTimeInWhichItWasIdleForASlowPace() {
    assertThat(afterHalfASecond(1, 0, LIMIT, 1)).isTrue();
    assertThat(afterHalfASecond(1, 150, LIMIT, 1_000)).as("a burst").isTrue();
    assertThat(afterHalfASecond(100, 150, LIMIT, 1_000)).isFalse();
  }

  @Test
  void takesNoNoteOfAStopOfAMomentOrOfTheMachine() {
    assertThat(afterHalfASecond(100, 0, LIMIT, 5_000)).isTrue();
    assertThat(afterHalfASecond(1, 2_000, LIMIT, 5_000)).isTrue();
    assertThat(afterHalfASecond(100, 0, LIMIT, 5_000)).isTrue();
  }

  @Test
  void allowsAgainAsSoonAsTheLoopIsOnTime() {
    afterHalfASecond(500, 150, LIMIT, 0);
    assertThat(afterHalfASecond(500, 150, LIMIT, 5_000)).isFalse();

    assertThat(afterHalfASecond(500, 0, LIMIT, 5_000)).isTrue();
  }
}
