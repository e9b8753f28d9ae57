package io.github.websocketexporter.metrics;

import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Puts one answer together, of bytes that the library rendered and of what varies. */
final class MetricWriter {
  private static final int MAX_LENGTH = "-9223372036854775808.123456789\n".length();
  private static final int END = MAX_LENGTH - 1;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final int NANO_DIGITS = 9;
  private static final byte[] NO_BOUND = "+Inf".getBytes(StandardCharsets.US_ASCII);

  private final OutputStream out;

  /** The end of a line, and the room for a number in front of it. */
  private final byte[] line = new byte[MAX_LENGTH];

  MetricWriter(OutputStream out) {
    this.out = out;
    line[END] = '\n';
  }

  /** Writes what has been rendered. */
  void rendered(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** Ends a sample with a whole number. */
  void whole(long value) throws IOException {
    line(decimal(value < 0, value, 0));
  }

  /** Ends a sample of a histogram, which counts without a point. */
  void count(long value) throws IOException {
    line(digits(value, END));
  }

  /** Ends a sample with a time in seconds, exactly as it is in nanoseconds. */
  void seconds(long nanos) throws IOException {
    line(inSeconds(nanos));
  }

  /** Writes the upper bound of a bucket, a time in seconds. */
  void bound(long nanos) throws IOException {
    int start = inSeconds(nanos);
    out.write(line, start, END - start);
  }

  /** Writes that a bucket has no upper bound. */
  void noBound() throws IOException {
    out.write(NO_BOUND);
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

  private void line(int start) throws IOException {
    out.write(line, start, line.length - start);
  }

  private int inSeconds(long nanos) {
    return decimal(nanos < 0, nanos / NANOS_PER_SECOND, nanos % NANOS_PER_SECOND);
  }

  /**
   * Puts {@code whole} and as many billionths in front of the end, with no exponent, no digit that
   * says nothing, and a point even in {@code 1.0}, as the library has it. From the last digit to
   * the first; the digits of a negative number are negative.
   *
   * @return where it starts
   */
  private int decimal(boolean negative, long whole, long billionths) {
    int start = END;
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
    start = digits(whole, start);
    if (negative) {
      line[--start] = '-';
    }
    return start;
  }

  private int digits(long whole, int behind) {
    int start = behind;
    do {
      line[--start] = digit(whole);
      whole /= 10;
    } while (whole != 0);
    return start;
  }

  private static byte digit(long number) {
    return (byte) ('0' + Math.abs(number % 10));
  }
}
