package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What of a configuration a running process takes. */
class LoadedConfigTest {
  private static final Path FILE = Path.of("src/test/resources/config/every-key.conf");

  /** Without the targets, which are equal to themselves only. */
  private static final Config EVERY_KEY =
      ConfigFactory.parseFile(FILE.toFile()).withoutPath(rooted("targets"));

  private static LoadedConfig load(Config user) throws InvalidConfigException {
    return new ParsedConfig(
            user.withFallback(Reference.CHANGEABLE).resolve(), FILE.getParent(), List.of())
        .read();
  }

  /** Removes one key after the other from a file that has another value than the default's. */
  @Test
  void namesEachKeyThatItDoesNotTakeAndNoOther() throws Exception {
    LoadedConfig running = load(EVERY_KEY);
    List<String> left = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    for (Map.Entry<String, ?> entry : EVERY_KEY.withoutPath(rooted("modules")).entrySet()) {
      LoadedConfig next;
      try {
        next = load(EVERY_KEY.withoutPath(entry.getKey()));
      } catch (InvalidConfigException e) {
        continue; // Nothing that stands alone.
      }
      String key = entry.getKey().substring(rooted("").length());
      if (!next.config().equals(running.config())) {
        boolean isLeft = next.over(running).config().equals(running.config());
        assertThat(next.needingRestart(running)).isEqualTo(isLeft ? List.of(key) : List.of());
        (isLeft ? left : taken).add(key);
      }
    }
    assertThat(left).hasSizeGreaterThan(15);
    assertThat(taken).contains("web.open-paths", "probe.timeout", "log.level");
  }

  private static String rooted(String key) {
    return ConfigLoader.ROOT + "." + key;
  }
}
