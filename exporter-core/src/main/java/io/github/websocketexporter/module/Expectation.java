package io.github.websocketexporter.module;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.math.BigInteger;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a message must be.
 *
 * @param kind which messages can be it
 * @param pattern is to be found in the message; in time that is linear in its length, whatever the
 *     peer sends
 * @param skipUnmatched whether other messages are passed over; else they are a failure
 * @param timeout how long the message is waited for; null for as long as the probe may take
 * @param extract the named groups of {@code pattern} that must find numbers
 */
public record Expectation(
    Kind kind,
    Pattern pattern,
    boolean skipUnmatched,
    @Nullable Duration timeout,
    List<String> extract) {
  /** Longer than 256 bits in any notation; what is longer is no number that anyone counts. */
  private static final int MAX_NUMBER_LENGTH = 100;

  /**
   * What a message costs besides its characters, in characters: an empty one is not for nothing.
   */
  private static final int FIXED_COST = 64;

  private static final java.util.regex.Pattern HEX =
      java.util.regex.Pattern.compile("0[xX][0-9a-fA-F]+");
  private static final java.util.regex.Pattern DECIMAL =
      java.util.regex.Pattern.compile("[+-]?[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?");

  /** The kinds of messages (RFC 6455, section 5.6). */
  public enum Kind {
    /** Text, matched as it is. */
    TEXT,
    /** Bytes, matched as hexadecimal digits in lower case. */
    BINARY
  }

  /**
   * What it may cost to match a message of {@code bytes} bytes: how many instructions of the
   * pattern are gone through, each of them for each character, and again to find out what its
   * groups hold. With RE2/J 1.8 one takes up to 17 ns (benchmarks/README.md says on what), and
   * twice that while the JVM is cold.
   */
  public long cost(int bytes) {
    long characters = FIXED_COST + (kind == Kind.BINARY ? 2L * bytes : bytes);
    int passes = pattern.namedGroups().isEmpty() ? 1 : 2;
    return characters * passes * pattern.programSize();
  }

  /**
   * What each named group finds in {@code message}, empty where it takes no part; null if the
   * message is not the expected one.
   */
  public @Nullable Map<String, String> match(String message) {
    Matcher matcher = pattern.matcher(message);
    if (!matcher.find()) {
      return null;
    }
    Map<String, String> groups = new HashMap<>();
    for (String name : pattern.namedGroups().keySet()) {
      String found = matcher.group(name);
      groups.put(name, found == null ? "" : found);
    }
    return groups;
  }

  /** The numbers that {@code groups} found and that are extracted; null if one is none. */
  public @Nullable Map<String, Double> numbers(Map<String, String> groups) {
    Map<String, Double> numbers = new HashMap<>();
    for (String name : extract) {
      OptionalDouble number = number(groups.getOrDefault(name, ""));
      if (number.isEmpty()) {
        return null;
      }
      numbers.put(name, number.getAsDouble());
    }
    return numbers;
  }

  /** Decimal, with or without fraction and exponent, or hexadecimal; bytes need no 0x. */
  private OptionalDouble number(String text) {
    if (text.length() > MAX_NUMBER_LENGTH) {
      return OptionalDouble.empty();
    }
    String digits = kind == Kind.BINARY ? "0x" + text : text;
    if (HEX.matcher(digits).matches()) {
      return OptionalDouble.of(new BigInteger(digits.substring(2), 16).doubleValue());
    }
    double number = DECIMAL.matcher(digits).matches() ? Double.parseDouble(digits) : Double.NaN;
    return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
  }
}
