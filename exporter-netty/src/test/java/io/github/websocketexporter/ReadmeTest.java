package io.github.websocketexporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.FailureReason;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What README shows of files that are shipped, and says of tests. */
class ReadmeTest {
  private static final Path ROOT = Path.of(System.getProperty("basedir", "."), "..");

  @ParameterizedTest
  @ValueSource(strings = {"deploy/scrape/prometheus.yml", "deploy/scrape/targets/example.yml"})
  void showsTheFileAsItIs(String file) throws IOException {
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .contains("(" + file + ")", "```yaml\n" + Files.readString(ROOT.resolve(file)) + "```\n");
  }

  @Test
  void tellsWhatEachLongTestFound() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    for (String test : tests("*{Hardening,FuzzTest}.java")) {
      assertThat(readme).contains("`" + test + "`");
    }
  }

  @ParameterizedTest
  @EnumSource
  void saysWhatUsuallyCausesEachReason(FailureReason reason) throws IOException {
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .containsPattern("\\| [^|]*`" + reason.label() + "`[^|]*\\| [^|]{10,}\\| [^|]{10,}\\|\n");
  }

  @Test
  void namesOnlyTestsThatThereAre() throws IOException {
    assertThat(tests("*.java"))
        .containsAll(
            Pattern.compile("`([A-Z]\\w+(?:Test|IT|Hardening))`")
                .matcher(Files.readString(ROOT.resolve("README.md")))
                .results()
                .map(found -> found.group(1))
                .toList());
  }

  private static List<String> tests(String glob) throws IOException {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    List<String> names = new ArrayList<>();
    for (String module : List.of("exporter-core", "exporter-netty")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        files
            .map(Path::getFileName)
            .filter(matcher::matches)
            .forEach(file -> names.add(file.toString().replace(".java", "")));
      }
    }
    assertThat(names).isNotEmpty();
    return names;
  }
}
