package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A target whose token is in the environment of the exporter, and in nothing that it says. */
class NamedTargetIT {
  @TempDir private static Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"logfmt", "json"})
  void takesTheTokenFromTheEnvironmentAndKeepsIt(String logFormat) throws Exception {
    Map<String, String> answers = new LinkedHashMap<>();
    try (ScriptedServer good = ScriptedServer.start(Peer::answerPings);
        ScriptedServer bad = ScriptedServer.start(Peer::ignoreUpgrade);
        ExporterProcess exporter =
            ExporterProcess.on(Jdk.current())
                .withVariable("NODE_TOKEN", Canary.PATH)
                .start(
                    "--debug",
                    "--log.format=" + logFormat,
                    "--config.file=" + config(good.port(), bad.port()))) {
      for (String name : new String[] {"good", "bad", "unknown", "good&module=" + Canary.PATH}) {
        answers.put(name, exporter.get("/probe?target=" + name).toString());
      }
      for (String page : new String[] {"/", "/metrics"}) {
        answers.put(page, exporter.get(page).toString());
      }
      await()
          .untilAsserted(
              () -> assertThat(exporter.stderr()).containsPattern("(?s)probe ended.*probe ended"));
      assertThat(good.awaitRequest().requestTarget()).isEqualTo("/" + Canary.PATH);
      assertThat(exporter.stderr())
          .doesNotContain(":" + good.port())
          .doesNotContain(":" + bad.port());
      exporter.sigterm();
      assertThat(exporter.exitCode()).isZero();

      Canary.assertAbsentFrom("stdout", exporter.stdout());
      Canary.assertAbsentFrom("stderr", exporter.stderr());
      answers.forEach(Canary::assertAbsentFrom);
    }
  }

  private static Path config(int good, int bad) throws Exception {
    return Files.writeString(
        directory.resolve("exporter.conf"),
        """
        websocket-exporter {
          web.shutdown-delay = 0s
          probe.timeout = 1s
          targets {
            good.url = "ws://127.0.0.1:%d/"${?NODE_TOKEN}
            bad.url = "ws://127.0.0.1:%d/"${?NODE_TOKEN}
          }
        }
        """
            .formatted(good, bad));
  }
}
