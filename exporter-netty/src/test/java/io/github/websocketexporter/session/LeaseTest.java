package io.github.websocketexporter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.SessionSettings;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Lease lease =
      new Lease(
          new SessionSettings(
              1, Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofDays(1)));

  private long now;

  @BeforeEach
  void begin() {
    lease.renew(0);
  }

  private void renewEach(long seconds, long until) {
    while (now + seconds <= until) {
      now += seconds;
      lease.renew(now * SECOND);
    }
  }

  @Test
  void untilTheSecondScrapeThereIsNoInterval() {
    assertThat(lease.intervalNanos()).isZero();
    assertThat(lease.endNanos()).isEqualTo(600 * SECOND);
  }

  @Test
  void whileItIsYoungItIsTheLongest() {
    renewEach(1, 599);

    assertThat(lease.endNanos()).isEqualTo((599 + 600) * SECOND);
  }

  @Test
  void thenItIsThreeTimesTheLongestGap() {
    renewEach(30, 600);
    lease.renew(601 * SECOND);

    assertThat(lease.intervalNanos()).isEqualTo(30 * SECOND);
    assertThat(lease.endNanos()).isEqualTo((601 + 90) * SECOND);
  }

  @Test
  void gapsOfLongAgoDoNotCount() {
    renewEach(100, 600);
    renewEach(10, 1_190);
    assertThat(lease.intervalNanos()).isEqualTo(100 * SECOND);

    renewEach(10, 1_800);
    assertThat(lease.intervalNanos()).isEqualTo(10 * SECOND);
  }

  @Test
  void manyScrapesInARowDoNotCountForMore() {
    renewEach(60, 900);
    for (int i = 0; i < 100; i++) {
      lease.renew(900 * SECOND + i);
    }

    assertThat(lease.intervalNanos()).isEqualTo(60 * SECOND);
  }

  @Test
  void itIsNotShorterThanTheLeast() {
    renewEach(1, 1_300);

    assertThat(lease.endNanos()).isEqualTo((1_300 + 10) * SECOND);
  }

  @Test
  void itIsNotLongerThanTheMost() {
    renewEach(300, 1_500);

    assertThat(lease.endNanos()).isEqualTo((1_500 + 600) * SECOND);
  }
}
