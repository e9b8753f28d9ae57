package io.github.websocketexporter.report;

import java.util.Locale;

/** Figures in words, the same in every place and every locale. */
final class Text {
  private Text() {}

  /** A duration as {@code 12.345 ms}. */
  static String millis(long nanos) {
    return format("%.3f ms", nanos / 1e6);
  }

  /** {@link String#format} with a point in decimals and a line feed at the end of lines. */
  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
