package io.github.websocketexporter.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.websocketexporter.module.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One block of the configuration while it is read. Reading is strict: a value of the wrong kind is
 * an error that names its place, its key and what was expected; so is, in {@link #close()}, every
 * key that was not read.
 */
final class Block {
  private static final Pattern DURATION = Pattern.compile("\\d+(?:\\.\\d+)?\\s*[a-z]+");

  private final List<String> path;
  private final ConfigObject object;
  private final Reading reading;
  private final Set<String> known = new TreeSet<>();

  private Block(List<String> path, ConfigObject object, Reading reading) {
    this.path = path;
    this.object = object;
    this.reading = reading;
  }

  /** The outermost block of a configuration. */
  static Block top(ConfigObject object, Reading reading) {
    return new Block(List.of(), object, reading);
  }

  /** Whether {@code key} has a value: null takes away what would else be inherited. */
  boolean has(String key) {
    known.add(key);
    ConfigValue value = object.get(key);
    return value != null && value.valueType() != ConfigValueType.NULL;
  }

  /** What this block is part of. */
  Reading reading() {
    return reading;
  }

  /** The block's own name: the last part of its path. */
  String name() {
    return path.get(path.size() - 1);
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

  /**
   * The value of {@code key}, which is a secret, or what the file holds that {@code key-file}
   * names, less the line end behind it: one of the two. Never part of an error.
   */
  Secret secretOrFile(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    String fileKey = key + "-file";
    if (has(key) == has(fileKey)) {
      throw new InvalidConfigException(
          "%s: expected either %s or %s, but found %s"
              .formatted(place(has(key) ? key : ""), key, fileKey, has(key) ? "both" : "neither"));
    }
    return has(key) ? secret(key, valid, expected) : secretFile(fileKey, valid, expected);
  }

  /** The value of {@code key}, which is a secret. Never part of an error. */
  Secret secret(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    ConfigValue value = value(key, expected);
    reading.secret(pathOf(key));
    String text = textOf(value);
    if (text == null || !valid.test(text)) {
      throw new InvalidConfigException(
          "%s: expected %s, but found something else".formatted(place(key), expected));
    }
    return Secret.of(text);
  }

  private Secret secretFile(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    String text = file(key).stripTrailing();
    if (!valid.test(text)) {
      throw new InvalidConfigException(
          "%s: expected the name of a file that holds %s, but it holds something else"
              .formatted(place(key), expected));
    }
    return Secret.of(text);
  }

  /**
   * What the file holds that {@code key} names: absolute, or from the folder of the configuration
   * file. The file is watched from now on.
   */
  String file(String key) throws InvalidConfigException {
    String name = text(key, text -> !text.isBlank(), "the name of a file");
    try {
      return reading.file(name);
    } catch (IOException e) {
      throw new InvalidConfigException("%s: cannot read the file %s".formatted(place(key), name));
    }
  }

  double number(String key, double least, double most) throws InvalidConfigException {
    String expected = "a number from " + brief(least) + " to " + brief(most);
    ConfigValue value = value(key, expected);
    try {
      double number = Double.parseDouble(String.valueOf(value.unwrapped()));
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Not a number: falls to the same error.
    }
    throw wrong(key, value, expected);
  }

  private static String brief(double number) {
    return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
  }

  /** The blocks of a list. */
  List<Block> blocks(String key) throws InvalidConfigException {
    String expected = "a list of blocks [ { … } ]";
    ConfigValue value = value(key, expected);
    if (!(value instanceof ConfigList list)) {
      throw wrong(key, value, expected);
    }
    List<Block> blocks = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      if (!(list.get(i) instanceof ConfigObject child)) {
        throw wrong(key, list.get(i), expected);
      }
      blocks.add(new Block(pathOf(key + "[" + i + "]"), child, reading));
    }
    return blocks;
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
    return new Block(pathOf(key), child, reading);
  }

  /**
   * The block {@code key}, which holds secrets. What stands in its place is no part of an error.
   */
  Block secretBlock(String key) throws InvalidConfigException {
    String expected = "a block { … }";
    if (!(value(key, expected) instanceof ConfigObject)) {
      throw new InvalidConfigException(
          "%s: expected %s, but found something else".formatted(place(key), expected));
    }
    return block(key);
  }

  /** The block {@code key} with what {@code parent} has and it has not. */
  Block blockOver(String key, Block parent) throws InvalidConfigException {
    Block child = block(key);
    return new Block(child.path, child.object.withFallback(parent.object), reading);
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
    String text = textOf(value);
    if (text == null || !valid.test(text)) {
      throw wrong(key, value, expected);
    }
    return text;
  }

  /** A scalar value as it is written, so that 007 and 1.10 stay what they are; null for another. */
  private static @Nullable String textOf(ConfigValue value) {
    return switch (value.valueType()) {
      case STRING, NUMBER, BOOLEAN -> value.atKey("it").getString("it");
      case OBJECT, LIST, NULL -> null;
    };
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

  private List<String> pathOf(String key) {
    return Stream.concat(path.stream(), Stream.of(key)).toList();
  }

  /** The whole name of {@code key}; of this block where that is empty. */
  private String path(String key) {
    return String.join(".", key.isEmpty() ? path : pathOf(key));
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
