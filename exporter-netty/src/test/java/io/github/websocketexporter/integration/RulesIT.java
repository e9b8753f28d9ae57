package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Manifests;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped alerts and recordings, as Prometheus and vmalert read and evaluate them. */
class RulesIT {
  private static final Path RULES = Manifests.DEPLOY.resolve("rules");

  @BeforeAll
  static void assumeInstalled() {
    ScraperProcess.assumeInstalled();
  }

  @Test
  void bothAcceptThem() throws Exception {
    String rules = RULES.resolve("websocket-exporter.yml").toString();
    assertThat(ScraperProcess.run("promtool", "check", "rules", rules)).contains("SUCCESS");
    assertThat(ScraperProcess.run("vmalert", "-dryRun", "-rule=" + rules))
        .doesNotContain("\terror\t");
  }

  @ParameterizedTest
  @ValueSource(strings = {"endpoints.yml", "latency.yml", "continuous.yml", "exporter.yml"})
  void theyDoWhatTheirCasesSay(String cases) throws Exception {
    String file = RULES.resolve("tests").resolve(cases).toString();
    assertThat(ScraperProcess.run("promtool", "test", "rules", file)).contains("SUCCESS");
  }

  @Test
  void noFileOfCasesIsLeftOut() throws IOException {
    assertThat(Manifests.files("rules/tests"))
        .containsExactlyInAnyOrder(
            "endpoints.yml", "latency.yml", "continuous.yml", "exporter.yml");
  }
}
