package io.github.websocketexporter.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Single values of a configuration, as they are read and as they are written. */
final class Scalars {
  private static final Pattern DURATION = Pattern.compile("\\d+(?:\\.\\d+)?\\s*[a-z]+");

  private Scalars() {}

  static Optional<Integer> integer(String text, int least, int most) {
    try {
      long number = Long.parseLong(text);
      return number >= least && number <= most ? Optional.of((int) number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Optional<Double> number(String text, double least, double most) {
    try {
      double number = Double.parseDouble(text);
      return number >= least && number <= most ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** A duration with its unit. HOCON reads a bare number as milliseconds; here it is none. */
  static Optional<Duration> duration(String text, Duration least, Duration most) {
    if (!DURATION.matcher(text.trim()).matches()) {
      return Optional.empty();
    }
    try {
      Duration duration = ConfigValueFactory.fromAnyRef(text).atKey("it").getDuration("it");
      return duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0
          ? Optional.of(duration)
          : Optional.empty();
    } catch (ConfigException e) {
      return Optional.empty();
    }
  }

  static Optional<Boolean> flag(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** A number as it is written in a configuration. */
  static String brief(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }

  /** A duration as it is written in a configuration. */
  static String brief(Duration duration) {
    if (duration.toNanos() % 1_000_000 != 0) {
      return duration.toNanos() / 1_000 + "us";
    }
    return duration.toMillis() % 1000 == 0
        ? duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT)
        : duration.toMillis() + "ms";
  }
}
