package io.github.websocketexporter.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.github.websocketexporter.module.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One block of the configuration while it is read. Reading is strict: a value of the wrong kind is
 * an error that names its place, its key and what was expected; so is, in {@link #close()}, every
 * key that was not read.
 */
final class Block {
  /** What the library says that variables of the environment are from. */
  private static final String ENVIRONMENT = "env variables";

  private static final Pattern SUBSTITUTION = Pattern.compile("(?<!\\\\)\\$\\{\\??[\\w.-]+}");

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

  /** What this block is part of. */
  Reading reading() {
    return reading;
  }

  /** The block's own name: the last part of its path. */
  String name() {
    return path.get(path.size() - 1);
  }

  /** The keys of a block whose keys are names of the user's own, sorted. */
  Set<String> names() {
    return new TreeSet<>(object.keySet());
  }

  /** Whether {@code key} has a value: null takes away what would else be inherited. */
  boolean has(String key) {
    known.add(key);
    return isValue(object.get(key));
  }

  /** Whether a variable of the environment is in the value of {@code key}, or all of it. */
  boolean isFromEnvironment(String key) {
    ConfigValue value = object.get(key);
    return value != null && value.origin().description().contains(ENVIRONMENT);
  }

  /** Whether {@code key} has the value that reference.conf gives it. */
  boolean isDefault(String key) {
    ConfigValue value = object.get(key);
    return value != null && Reference.NAME.equals(value.origin().resource());
  }

  Block block(String key) throws InvalidConfigException {
    return new Block(pathOf(key), value(key, "a block { … }").block(), reading);
  }

  /** The block {@code key} with what {@code parent} has and it has not. */
  Block blockOver(String key, Block parent) throws InvalidConfigException {
    Block child = block(key);
    return new Block(child.path, over(child.object, parent.object, Objects::isNull), reading);
  }

  /** This block with what {@code defaults} has, and it has not or has null for. */
  Block over(ConfigObject defaults) {
    return new Block(path, over(object, defaults, value -> !isValue(value)), reading);
  }

  /** Both, of which {@code own} wins where it does not lack a value; it keeps its place. */
  private static ConfigObject over(
      ConfigObject own, ConfigObject other, Predicate<@Nullable ConfigValue> lacks) {
    ConfigObject merged = own;
    for (Map.Entry<String, ConfigValue> entry : other.entrySet()) {
      ConfigValue value = own.get(entry.getKey());
      if (lacks.test(value)) {
        merged = merged.withValue(entry.getKey(), entry.getValue());
      } else if (value instanceof ConfigObject block
          && entry.getValue() instanceof ConfigObject otherBlock) {
        merged = merged.withValue(entry.getKey(), over(block, otherBlock, lacks));
      }
    }
    return merged;
  }

  private static boolean isValue(@Nullable ConfigValue value) {
    return value != null && value.valueType() != ConfigValueType.NULL;
  }

  /** The blocks of a list. */
  List<Block> blocks(String key) throws InvalidConfigException {
    String expected = "a list of blocks [ { … } ]";
    List<Block> blocks = new ArrayList<>();
    for (Value element : value(key, expected).elements(expected)) {
      blocks.add(new Block(pathOf(key + "[" + blocks.size() + "]"), element.block(), reading));
    }
    return blocks;
  }

  String text(String key, Predicate<String> valid, String expected) throws InvalidConfigException {
    return value(key, expected).single(text -> Optional.of(text).filter(valid));
  }

  /** A text that is never part of an error: what is not valid may be a secret. */
  String unquoted(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    return value(key, expected).unquoted(valid);
  }

  /**
   * The value of {@code key}, which is a secret. Never part of an error. What was meant for a
   * secret of the environment and is none is warned of, for nothing else will tell.
   */
  Secret secret(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    Secret secret = template(key, valid, expected);
    if (hasSubstitution(secret.reveal())) {
      reading.warn(place(key) + ": keeps its ${NAME}, which HOCON replaces outside of quotes only");
    }
    return secret;
  }

  /** The same where <code>${NAME}</code> within quotes has a meaning, or none. */
  Secret template(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    String text = unquoted(key, valid, expected);
    reading.secret(pathOf(key));
    return Secret.of(text);
  }

  /** Whether there is something in {@code text} that HOCON replaces where it is not in quotes. */
  static boolean hasSubstitution(String text) {
    return SUBSTITUTION.matcher(text).find();
  }

  /**
   * The value of {@code key}, which is a secret, or what the file holds that {@code key-file}
   * names, less the line end behind it: one of the two. Never part of an error.
   */
  Secret secretOrFile(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    String fileKey = key + "-file";
    if (has(key) == has(fileKey)) {
      throw error(
          has(key) ? key : "",
          "expected either %s or %s, but found %s"
              .formatted(key, fileKey, has(key) ? "both" : "neither"));
    }
    return has(key) ? secret(key, valid, expected) : secretFile(fileKey, valid, expected);
  }

  private Secret secretFile(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    String text;
    try {
      text = UTF_8.newDecoder().decode(ByteBuffer.wrap(file(key))).toString().stripTrailing();
    } catch (CharacterCodingException e) {
      throw error(key, "expected the name of a file in UTF-8, but it is not");
    }
    if (!valid.test(text)) {
      throw error(
          key,
          "expected the name of a file that holds %s, but it holds something else"
              .formatted(expected));
    }
    return Secret.of(text);
  }

  /**
   * What the file holds that {@code key} names: absolute, or from the folder of the configuration
   * file. The file is watched from now on. Its name is not part of an error: what should be in the
   * file may stand in its place.
   */
  byte[] file(String key) throws InvalidConfigException {
    String name = unquoted(key, text -> !text.isBlank(), "the name of a file");
    try {
      return reading.file(name);
    } catch (NoSuchFileException e) {
      throw error(key, "cannot read the file: no such file");
    } catch (AccessDeniedException e) {
      throw error(key, "cannot read the file: not permitted");
    } catch (FileSystemException e) {
      throw error(key, "cannot read the file: " + e.getReason());
    } catch (IOException e) {
      throw error(key, "cannot read the file: " + e.getMessage());
    }
  }

  /** A list of texts, {@code expected} of which says what each is. */
  List<String> texts(String key, Predicate<String> valid, String expected)
      throws InvalidConfigException {
    List<String> texts = new ArrayList<>();
    for (Value element : value(key, "a list, each element " + expected).elements(expected)) {
      texts.add(element.single(text -> Optional.of(text).filter(valid)));
    }
    return List.copyOf(texts);
  }

  int integer(String key, int least, int most) throws InvalidConfigException {
    return value(key, "a whole number from " + least + " to " + most)
        .single(text -> Scalars.integer(text, least, most));
  }

  double number(String key, double least, double most) throws InvalidConfigException {
    return value(key, "a number from " + Scalars.brief(least) + " to " + Scalars.brief(most))
        .single(text -> Scalars.number(text, least, most));
  }

  Duration duration(String key, Duration least, Duration most) throws InvalidConfigException {
    return value(key, aDuration(least, most)).single(text -> Scalars.duration(text, least, most));
  }

  List<Duration> durations(String key, Duration least, Duration most)
      throws InvalidConfigException {
    String expected = aDuration(least, most);
    List<Duration> durations = new ArrayList<>();
    for (Value element : value(key, "a list, each element " + expected).elements(expected)) {
      durations.add(element.single(text -> Scalars.duration(text, least, most)));
    }
    return List.copyOf(durations);
  }

  private static String aDuration(Duration least, Duration most) {
    return "a duration from %s to %s such as 500ms, 10s or 1m"
        .formatted(Scalars.brief(least), Scalars.brief(most));
  }

  boolean flag(String key) throws InvalidConfigException {
    return value(key, "true or false").single(Scalars::flag);
  }

  /** One of the constants of {@code type}, written in lower case. */
  <E extends Enum<E>> E choice(String key, Class<E> type) throws InvalidConfigException {
    Map<String, E> choices = new LinkedHashMap<>();
    for (E constant : type.getEnumConstants()) {
      choices.put(constant.name().toLowerCase(Locale.ROOT), constant);
    }
    return value(key, "one of " + String.join(", ", choices.keySet()))
        .single(text -> Optional.ofNullable(choices.get(text)));
  }

  private Value value(String key, String expected) throws InvalidConfigException {
    ConfigValue value = object.get(key);
    if (value == null || !has(key)) {
      throw error(key, "expected " + expected + ", but it has no value");
    }
    return new Value(pathOf(key), value, expected);
  }

  /** Ends the reading: every key that nobody asked for is an error. */
  void close() throws InvalidConfigException {
    for (String key : names()) {
      if (!known.contains(key)) {
        throw error(key, "unknown key; known here are: " + String.join(", ", known));
      }
    }
  }

  /** An error about {@code key}, or about this block where that is empty. */
  InvalidConfigException error(String key, String sentence) {
    return new InvalidConfigException(place(key) + ": " + sentence);
  }

  /** Where {@code key} stands and its whole name, to begin an error with. */
  String place(String key) {
    ConfigValue value = object.get(key);
    return Place.of((value == null ? object : value).origin(), key.isEmpty() ? path : pathOf(key));
  }

  private List<String> pathOf(String key) {
    return Stream.concat(path.stream(), Stream.of(key)).toList();
  }
}
