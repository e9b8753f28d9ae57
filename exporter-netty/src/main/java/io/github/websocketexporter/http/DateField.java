package io.github.websocketexporter.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The value of the Date field (RFC 9110, section 5.6.7), made once a second. */
final class DateField {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /** The text of one second. */
  private record Second(long epochSecond, String text) {}

  private static volatile Second last = of(0);

  private DateField() {}

  /** Of now. Any thread may call it. */
  static String now() {
    long epochSecond = Math.floorDiv(System.currentTimeMillis(), 1_000);
    Second second = last;
    if (second.epochSecond() != epochSecond) {
      second = of(epochSecond);
      last = second;
    }
    return second.text();
  }

  private static Second of(long epochSecond) {
    return new Second(epochSecond, FORMAT.format(Instant.ofEpochSecond(epochSecond)));
  }
}
