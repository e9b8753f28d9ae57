package io.github.websocketexporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What README shows of files that are shipped. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");

  @ParameterizedTest
  @ValueSource(strings = {"deploy/scrape/prometheus.yml", "deploy/scrape/targets/example.yml"})
  void showsTheFileAsItIs(String file) throws IOException {
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .contains("(" + file + ")", "```yaml\n" + Files.readString(ROOT.resolve(file)) + "```\n");
  }
}
