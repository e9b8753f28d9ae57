package io.github.websocketexporter.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.SessionSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LeaseTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final Lease lease =
      new Lease(
          new SessionSettings(
              1, Duration.ofSeconds(10), Duration.ofMinutes(10), Duration.ofDays(1)));

  private void renewAt(long... seconds) {
    for (long each : seconds) {
      lease.renew(each * SECOND);
    }
  }

  @Test
  void untilTheSecondScrapeItIsTheLongest() {
    renewAt(5);

    assertThat(lease.intervalNanos()).isZero();
    assertThat(lease.endNanos()).isEqualTo(605 * SECOND);
  }

  @Test
  void itIsThreeTimesTheLongestGap() {
    renewAt(0, 10, 40, 50);

    assertThat(lease.intervalNanos()).isEqualTo(30 * SECOND);
    assertThat(lease.endNanos()).isEqualTo(140 * SECOND);
  }

  @Test
  void gapsOfLongAgoDoNotCount() {
    renewAt(0, 100, 110, 120, 130, 140, 150, 160, 170);
    assertThat(lease.intervalNanos()).isEqualTo(100 * SECOND);

    renewAt(180);
    assertThat(lease.intervalNanos()).isEqualTo(10 * SECOND);
  }

  @Test
  void itIsNotShorterThanTheLeast() {
    renewAt(0, 1);

    assertThat(lease.endNanos()).isEqualTo(11 * SECOND);
  }

  @Test
  void itIsNotLongerThanTheMost() {
    renewAt(0, 300);

    assertThat(lease.endNanos()).isEqualTo(900 * SECOND);
  }

  @Test
  void twoScrapesAtOnceAreNoReasonToEndIt() {
    lease.renew(0);
    lease.renew(0);

    assertThat(lease.endNanos()).isEqualTo(600 * SECOND);
  }
}
