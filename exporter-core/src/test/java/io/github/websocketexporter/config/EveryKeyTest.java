package io.github.websocketexporter.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The keys that the readers know, as their errors about another key list them. */
class EveryKeyTest {
  private static final Path FILE = Path.of("src/test/resources/config/every-key.conf");
  private static final ConfigValue ANY = ConfigValueFactory.fromAnyRef("any");
  private static final Pattern HAS_NAMES = Pattern.compile(".*\\.(?:modules|targets)");
  private static final Pattern KNOWN =
      Pattern.compile(".*no-such-key: unknown key; known here are: (.*)");

  /** By the path of a block. */
  private final Map<String, Set<String>> known = new TreeMap<>();

  private final Map<String, Set<String>> held = new TreeMap<>();

  @BeforeEach
  void askEachBlock() {
    visit("", ConfigFactory.parseFile(FILE.toFile()).root(), UnaryOperator.identity());
  }

  @Test
  void areInTheFileThatIsToHoldThemAll() {
    assertThat(known).hasSizeGreaterThan(20);
    known.forEach(
        (path, keys) -> assertThat(keys).as(path).allMatch(key -> isHeld(path, key), "are held"));
  }

  /** A secret stands in the file itself, or in one that it names. */
  private boolean isHeld(String path, String key) {
    String other = key.endsWith("-file") ? key.replaceAll("-file$", "") : key + "-file";
    Set<String> keys = Objects.requireNonNull(held.get(path));
    return keys.contains(key)
        || (keys.contains(other) && Objects.requireNonNull(known.get(path)).contains(other));
  }

  @Test
  void areDocumented() throws Exception {
    String reference;
    try (InputStream in = getClass().getResourceAsStream("/" + Reference.NAME)) {
      reference = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }

    known.forEach(
        (path, keys) ->
            assertThat(keys)
                .as(path)
                .allSatisfy(
                    key -> assertThat(reference).containsPattern("(?<![a-z-])" + key + "(?!-)")));
  }

  /**
   * Notes the keys of {@code value}, and what is known in its place.
   *
   * @param whole makes the configuration that has another block there
   */
  private void visit(String path, ConfigValue value, UnaryOperator<ConfigValue> whole) {
    if (value instanceof ConfigObject block) {
      held.computeIfAbsent(path, any -> new TreeSet<>()).addAll(block.keySet());
      ask(path, (ConfigObject) whole.apply(block.withValue("no-such-key", ANY)));
      block.forEach(
          (key, child) ->
              visit(
                  path + "." + (HAS_NAMES.matcher(path).matches() ? "NAME" : key),
                  child,
                  other -> whole.apply(block.withValue(key, other))));
    } else if (value instanceof ConfigList list) {
      for (int i = 0; i < list.size(); i++) {
        List<ConfigValue> elements = new ArrayList<>(list);
        int index = i;
        visit(
            path + "[]",
            list.get(i),
            other -> {
              elements.set(index, other);
              return whole.apply(ConfigValueFactory.fromIterable(elements));
            });
      }
    }
  }

  private void ask(String path, ConfigObject config) {
    try {
      Config all = config.withFallback(Reference.CHANGEABLE).toConfig().resolve();
      new ParsedConfig(all, FILE.getParent(), List.of()).read();
    } catch (InvalidConfigException e) {
      Matcher matcher = KNOWN.matcher(String.valueOf(e.getMessage()));
      if (matcher.matches()) {
        known
            .computeIfAbsent(path, any -> new TreeSet<>())
            .addAll(List.of(matcher.group(1).split(", ")));
      }
    }
  }
}
