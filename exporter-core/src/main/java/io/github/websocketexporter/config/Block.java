package io.github.websocketexporter.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One block of the configuration while it is read. Reading is strict: a value of the wrong kind is
 * an error that names its place, its key and what was expected; so is, in {@link #close()}, every
 * key that was not read.
 */
final class Block {
  private static final Pattern DURATION = Pattern.compile("\\d+(?:\\.\\d+)?\\s*[a-z]+");

  private final String path;
  private final ConfigObject object;
  private final Set<String> known = new TreeSet<>();

  Block(String path, ConfigObject object) {
    this.path = path;
    this.object = object;
  }

  boolean has(String key) {
    known.add(key);
    return object.containsKey(key);
  }

  String text(String key, Predicate<String> valid, String expected) throws InvalidConfigException {
    return text(key, value(key, expected), valid, expected);
  }

  /** A list of texts, {@code expected} of which says what each is. */
  List<String> texts(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    String expectedList = "a list, each element " + expected;
    ConfigValue value = value(key, expectedList);
    if (!(value instanceof ConfigList list)) {
      throw wrong(key, value, expectedList);
    }
    List<String> texts = new ArrayList<>();
    for (ConfigValue element : list) {
      texts.add(text(key, element, valid, expected));
    }
    return List.copyOf(texts);
  }

  int integer(String key, int least, int most) throws InvalidConfigException {
    String expected = "a whole number from " + least + " to " + most;
    ConfigValue value = value(key, expected);
    try {
      long number = Long.parseLong(String.valueOf(value.unwrapped()));
      if (number >= least && number <= most) {
        return (int) number;
      }
    } catch (NumberFormatException e) {
      // Not a number: falls to the same error.
    }
    throw wrong(key, value, expected);
  }

  /** A duration with its unit. HOCON reads a bare number as milliseconds; here it is an error. */
  Duration duration(String key, Duration least, Duration most) throws InvalidConfigException {
    String expected =
        "a duration from " + brief(least) + " to " + brief(most) + " such as 500ms, 10s or 1m";
    ConfigValue value = value(key, expected);
    try {
      if (value.valueType() == ConfigValueType.STRING
          && DURATION.matcher(value.unwrapped().toString().trim()).matches()) {
        Duration duration = value.atKey("it").getDuration("it");
        if (duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0) {
          return duration;
        }
      }
    } catch (ConfigException e) {
      // Not a duration: falls to the same error.
    }
    throw wrong(key, value, expected);
  }

  boolean flag(String key) throws InvalidConfigException {
    ConfigValue value = value(key, "true or false");
    return switch (String.valueOf(value.unwrapped())) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, value, "true or false");
    };
  }

  /** One of the constants of {@code type}, written in lower case. */
  <E extends Enum<E>> E choice(String key, Class<E> type) throws InvalidConfigException {
    Map<String, E> choices = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      choices.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    String expected = "one of " + String.join(", ", choices.keySet());
    ConfigValue value = value(key, expected);
    E constant = choices.get(String.valueOf(value.unwrapped()));
    if (constant == null) {
      throw wrong(key, value, expected);
    }
    return constant;
  }

  Block block(String key) throws InvalidConfigException {
    ConfigValue value = value(key, "a block { … }");
    if (!(value instanceof ConfigObject child)) {
      throw wrong(key, value, "a block { … }");
    }
    return new Block(path(key), child);
  }

  /** Whether {@code key} has the value that reference.conf gives it. */
  boolean isDefault(String key) {
    ConfigValue value = object.get(key);
    return value != null && ConfigLoader.REFERENCE.equals(value.origin().resource());
  }

  /** The keys of a block whose keys are names of the user's own, sorted. */
  Set<String> names() {
    return new TreeSet<>(object.keySet());
  }

  /** Where {@code key} stands and its whole name, to begin an error with. */
  String place(String key) {
    ConfigValue value = object.get(key);
    return describe((value == null ? object : value).origin()) + ": " + path(key);
  }

  /** Ends the reading: every key that nobody asked for is an error. */
  void close() throws InvalidConfigException {
    for (String key : names()) {
      if (!known.contains(key)) {
        throw new InvalidConfigException(
            "%s: unknown key; known here are: %s"
                .formatted(place(key), known.stream().collect(Collectors.joining(", "))));
      }
    }
  }

  /** A file and a line, or the name of a flag. */
  static String describe(ConfigOrigin origin) {
    String file = origin.filename() != null ? origin.filename() : origin.resource();
    if (file == null) {
      return origin.description();
    }
    return origin.lineNumber() > 0 ? file + ":" + origin.lineNumber() : file;
  }

  private String text(String key, ConfigValue value, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    boolean scalar =
        Arrays.asList(ConfigValueType.STRING, ConfigValueType.NUMBER).contains(value.valueType());
    String text = String.valueOf(value.unwrapped());
    if (!scalar || !valid.test(text)) {
      throw wrong(key, value, expected);
    }
    return text;
  }

  private ConfigValue value(String key, String expected) throws InvalidConfigException {
    known.add(key);
    ConfigValue value = object.get(key);
    if (value == null || value.valueType() == ConfigValueType.NULL) {
      throw new InvalidConfigException(
          "%s: expected %s, but it has no value".formatted(place(key), expected));
    }
    return value;
  }

  private InvalidConfigException wrong(String key, ConfigValue value, String expected) {
    String found =
        switch (value.valueType()) {
          case OBJECT -> "a block";
          case LIST -> "a list";
          case NULL -> "null";
          case STRING -> "\"" + value.unwrapped() + "\"";
          case NUMBER, BOOLEAN -> String.valueOf(value.unwrapped());
        };
    return new InvalidConfigException(
        "%s: expected %s, but found %s"
            .formatted(describe(value.origin()) + ": " + path(key), expected, found));
  }

  private String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static String brief(Duration duration) {
    if (duration.toNanos() % 1_000_000 != 0) {
      return duration.toNanos() / 1_000 + "us";
    }
    return duration.toMillis() % 1000 == 0
        ? duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT)
        : duration.toMillis() + "ms";
  }
}
