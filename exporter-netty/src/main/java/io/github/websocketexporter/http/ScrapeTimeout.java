package io.github.websocketexporter.http;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long the scraper waits for the answer: what it says in the header field {@code
 * X-Prometheus-Scrape-Timeout-Seconds}, if it does.
 */
final class ScrapeTimeout {
  private static final double NANOS_PER_SECOND = 1e9;

  /** A decimal number. Java would read 10d, 10f and hexadecimal ones too. */
  private static final Pattern NUMBER =
      Pattern.compile("(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?");

  private static final ScrapeTimeout UNKNOWN = new ScrapeTimeout(null);

  private final @Nullable Duration timeout;

  private ScrapeTimeout(@Nullable Duration timeout) {
    this.timeout = timeout;
  }

  /**
   * Reads the header field.
   *
   * @param seconds its value, null if the request does not have it
   */
  static ScrapeTimeout of(@Nullable String seconds) throws BadRequestException {
    if (seconds == null) {
      return UNKNOWN;
    }
    if (NUMBER.matcher(seconds.trim()).matches()) {
      double value = Double.parseDouble(seconds.trim());
      if (value > 0 && value < Long.MAX_VALUE / NANOS_PER_SECOND) {
        return new ScrapeTimeout(Duration.ofNanos((long) Math.ceil(value * NANOS_PER_SECOND)));
      }
    }
    throw new BadRequestException(
        "The header X-Prometheus-Scrape-Timeout-Seconds must be a positive number.");
  }

  /**
   * How long a probe may take, so that its answer is there in time: the scraper's timeout less
   * {@code offset}, or half of it where that would leave nothing, and never more than {@code
   * moduleTimeout}.
   */
  Duration limit(Duration moduleTimeout, Duration offset) {
    if (timeout == null) {
      return moduleTimeout;
    }
    Duration left = timeout.minus(offset);
    Duration limit = left.isZero() || left.isNegative() ? timeout.plusNanos(1).dividedBy(2) : left;
    return limit.compareTo(moduleTimeout) < 0 ? limit : moduleTimeout;
  }
}
