package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scraper's timeout header, and the limit that it makes. */
class ScrapeTimeoutTest {
  private static final Duration MODULE = Duration.ofSeconds(10);
  private static final Duration OFFSET = Duration.ofMillis(500);

  @ParameterizedTest
  @NullSource
  void withoutTheHeaderTheModulesTimeoutIsTheLimit(@Nullable String absent) throws Exception {
    assertThat(ScrapeTimeout.of(absent).limit(MODULE, OFFSET)).isEqualTo(MODULE);
  }

  @ParameterizedTest
  @CsvSource({
    "5, PT4.5S",
    "5.25, PT4.75S",
    "' 5 ', PT4.5S",
    "1e1, PT9.5S",
    "10.5, PT10S",
    "10.499, PT9.999S",
    "100, PT10S",
    "0.5, PT0.25S",
    "0.3, PT0.15S",
    "0.501, PT0.001S",
    "9000000000, PT10S"
  })
  void theLimitIsTheHeaderLessTheOffsetOrHalfOfItAndNeverMoreThanTheModules(
      String header, Duration limit) throws Exception {
    assertThat(ScrapeTimeout.of(header).limit(MODULE, OFFSET)).isEqualTo(limit);
  }

  @Test
  void withoutAnOffsetTheHeaderIsTheLimit() throws Exception {
    assertThat(ScrapeTimeout.of("5").limit(MODULE, Duration.ZERO)).isEqualTo(Duration.ofSeconds(5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e-9", "1e-30", "4.9e-324"})
  void theLimitIsPositiveHoweverSmallTheHeaderIs(String header) throws Exception {
    assertThat(ScrapeTimeout.of(header).limit(MODULE, OFFSET)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "0",
        "-0",
        "0.0",
        "-1",
        "abc",
        "NaN",
        "Infinity",
        "-Infinity",
        "1e30",
        "10s",
        "10d",
        "10f",
        "10D",
        "0x1p3",
        "1,5",
        "1 2"
      })
  void aHeaderThatIsNotAPositiveNumberIsRefused(String header) {
    assertThatThrownBy(() -> ScrapeTimeout.of(header))
        .isInstanceOf(BadRequestException.class)
        .hasMessage("The header X-Prometheus-Scrape-Timeout-Seconds must be a positive number.");
  }
}
