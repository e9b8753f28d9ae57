package io.github.websocketexporter.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Puts one answer together, of bytes that the library rendered and of what varies. */
final class MetricWriter {
  private static final int MAX_LENGTH = "-9223372036854775808.123456789\n".length();
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int NANO_DIGITS = 9;

  private final OutputStream out;
  private final byte[] line = new byte[MAX_LENGTH];

  MetricWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes what has been rendered. */
  void rendered(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** Ends a sample with a whole number. */
  void whole(long value) throws IOException {
    decimal(value < 0, value, 0);
  }

  /** Ends a sample with a time in seconds, exactly as it is in nanoseconds. */
  void seconds(long nanos) throws IOException {
    decimal(nanos < 0, nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
  }

  /** Ends a sample with a number of any kind, which must be finite. */
  void number(double value) throws IOException {
    BigDecimal shortest = BigDecimal.valueOf(value).stripTrailingZeros();
    String text = shortest.setScale(Math.max(1, shortest.scale())).toPlainString();
    out.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** Writes the value of a label, with what both text formats escape. */
  void label(@Nullable String value) throws IOException {
    out.write(escaped(PeerText.label(value)).getBytes(StandardCharsets.UTF_8));
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  /**
   * Ends a sample with {@code whole} and as many billionths, with no exponent, no digit that says
   * nothing, and a point even in {@code 1.0}, as the library has it. From the last digit to the
   * first; the digits of a negative number are negative.
   */
  private void decimal(boolean negative, long whole, long billionths) throws IOException {
    int start = line.length;
    line[--start] = '\n';
    int places = NANO_DIGITS;
    while (places > 1 && billionths % 10 == 0) {
      billionths /= 10;
      places--;
    }
    for (; places > 0; places--) {
      line[--start] = digit(billionths);
      billionths /= 10;
    }
    line[--start] = '.';
    do {
      line[--start] = digit(whole);
      whole /= 10;
    } while (whole != 0);
    if (negative) {
      line[--start] = '-';
    }
    out.write(line, start, line.length - start);
  }

  private static byte digit(long number) {
    return (byte) ('0' + Math.abs(number % 10));
  }
}
