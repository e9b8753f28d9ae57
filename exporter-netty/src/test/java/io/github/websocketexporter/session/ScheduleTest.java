package io.github.websocketexporter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static final long MILLI = 1_000_000;
  private static final long SECOND = 1_000 * MILLI;

  @Test
  void isDueAtOneMomentOfEachInterval() {
    Schedule schedule = new Schedule(0.25, SECOND);

    assertThat(schedule.nextAfter(10 * SECOND)).isEqualTo(11 * SECOND + 250 * MILLI);
    assertThat(schedule.nextAfter(11 * SECOND + 250 * MILLI)).isEqualTo(12 * SECOND + 250 * MILLI);
  }

  @Test
  void doesNotDriftWhereABeatIsLate() {
    Schedule schedule = new Schedule(0.25, SECOND);

    assertThat(schedule.nextAfter(11 * SECOND + 253 * MILLI)).isEqualTo(12 * SECOND + 250 * MILLI);
  }

  @Test
  void leavesOutWhatWasMissed() {
    Schedule schedule = new Schedule(0.25, SECOND);

    assertThat(schedule.nextAfter(15 * SECOND + 800 * MILLI)).isEqualTo(17 * SECOND + 250 * MILLI);
  }

  @Test
  void isRightForTimesBelowZero() {
    Schedule schedule = new Schedule(0.25, SECOND);

    assertThat(schedule.nextAfter(-10 * SECOND)).isEqualTo(-9 * SECOND + 250 * MILLI);
  }

  @Test
  void aThousandSessionsAreSpreadOverTheMillisecondsOfASecond() {
    assertThat(
            LongStream.range(0, 1_000)
                .mapToObj(index -> new Schedule(Schedule.partOf(index), SECOND))
                .map(schedule -> schedule.nextAfter(0) % SECOND / MILLI)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .values())
        .allMatch(together -> together <= 2);
  }
}
