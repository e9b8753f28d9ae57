package io.github.websocketexporter.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PingSettingsTest {

  @ParameterizedTest
  @CsvSource({
    "1, 0, 1, true",
    "1, 0, 0, false",
    "5, 0, 5, true",
    "5, 0, 4, false",
    "5, 0.2, 4, true",
    "5, 0.2, 3, false",
    "5, 0.19, 4, false",
    "100, 0.29, 71, true", // Where 0.29 * 100 is less than 29.
    "100, 0.29, 70, false",
    "1000, 0.001, 999, true",
    "5, 1, 1, true",
    "5, 1, 0, false",
    "0, 0, 0, false",
    "0, 1, 0, false"
  })
  void hasEnoughPongsWhereNoMoreAreMissingThanMayBeAndOneCame(
      int count, double maxLossRatio, int received, boolean enough) {
    PingSettings settings =
        new PingSettings(
            count, Duration.ofSeconds(1), null, 8, true, maxLossRatio, Duration.ofMillis(1));

    assertThat(settings.isEnough(received)).isEqualTo(enough);
  }
}
