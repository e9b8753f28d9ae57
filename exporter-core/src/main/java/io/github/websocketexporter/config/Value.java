package io.github.websocketexporter.config;

import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A value while it is read. What it is instead of what was expected is an error, which quotes a
 * single value if that is what was expected, and only then: a secret may stand where a block
 * should. A URL is not quoted in any case, nor is what is long: there may be a token in it.
 *
 * @param path its whole name
 * @param config the value, not null
 * @param expected what it should be, in words that follow on "expected"
 */
record Value(List<String> path, ConfigValue config, String expected) {
  private static final String SOMETHING_ELSE = "something else";

  private static final Predicate<String> QUOTABLE =
      Pattern.compile("[^/@]{0,64}").asMatchPredicate();

  ConfigObject block() throws InvalidConfigException {
    if (config instanceof ConfigObject block) {
      return block;
    }
    throw wrong(kind());
  }

  /** The elements of a list, each of which should be {@code expectedOfEach}. */
  List<Value> elements(String expectedOfEach) throws InvalidConfigException {
    if (!(config instanceof ConfigList list)) {
      throw wrong(kind());
    }
    List<Value> elements = new ArrayList<>();
    for (ConfigValue element : list) {
      elements.add(new Value(path, element, expectedOfEach));
    }
    return elements;
  }

  /** What {@code reader} makes of a single value; it may be quoted where that is nothing. */
  <T> T single(Function<String, Optional<T>> reader) throws InvalidConfigException {
    String text = text();
    Optional<T> read = text == null ? Optional.empty() : reader.apply(text);
    if (read.isEmpty()) {
      throw wrong(text == null ? kind() : quoted(text));
    }
    return read.get();
  }

  /** A single value that is never quoted. */
  String unquoted(Predicate<String> valid) throws InvalidConfigException {
    String text = text();
    if (text == null || !valid.test(text)) {
      throw wrong(SOMETHING_ELSE);
    }
    return text;
  }

  private String quoted(String text) {
    return QUOTABLE.test(text) ? config.render(ConfigRenderOptions.concise()) : SOMETHING_ELSE;
  }

  /** A single value as it is written, so that 007 and 1.10 stay what they are; null for another. */
  private @Nullable String text() {
    return switch (config.valueType()) {
      case STRING, NUMBER, BOOLEAN -> config.atKey("it").getString("it");
      case OBJECT, LIST, NULL -> null;
    };
  }

  private String kind() {
    return switch (config.valueType()) {
      case OBJECT -> "a block";
      case LIST -> "a list";
      case NULL -> "null";
      case STRING, NUMBER, BOOLEAN -> "text";
    };
  }

  private InvalidConfigException wrong(String found) {
    return new InvalidConfigException(
        "%s: expected %s, but found %s"
            .formatted(Place.of(config.origin(), path), expected, found));
  }
}
