package io.github.websocketexporter.integration;

import static io.github.websocketexporter.integration.ExporterProcess.percentEncoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.KeptConnection;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An exporter that may open fewer files than its limits want when it starts. */
class FileLimitIT {
  private static final int RESERVE = 128 + 4;
  private static final int PATIENCE_MILLIS = 20_000;
  private static final Pattern WARNING =
      Pattern.compile(
          "time=\\S+ level=warn msg=\"too few file descriptors for the configured limits\""
              + " max-open-files=(\\d+) max-connections=20000->(\\d+) max-in-flight=6700->(\\d+)"
              + " max-sessions=10000->(\\d+)");

  @ParameterizedTest
  @ValueSource(ints = {256, 1024})
  void warnsOnceAndLowersThem(int files) {
    try (ExporterProcess exporter = withOpenFiles(files)) {
      Matcher warning = warning(exporter);
      int connections = Integer.parseInt(warning.group(2));
      int probes = Integer.parseInt(warning.group(3));
      int openAtItsStart = files - RESERVE - connections - probes - (16 + probes / 8);

      assertThat(warning.group(1)).isEqualTo(Integer.toString(files));
      assertThat(openAtItsStart).isBetween(3, 40);
      assertThat(probes).isPositive().isLessThanOrEqualTo(connections);
    }
  }

  @Test
  void doesNotStartWithHardlyAny() {
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current())
            .withOpenFiles(100)
            .launch("--web.listen-address=127.0.0.1:0")) {
      assertThat(exporter.exitCode()).isEqualTo(1);
      assertThat(exporter.stderr())
          .matches(
              "websocket-exporter: the process may open only 100 files, and needs \\d+ at the"
                  + " least: raise its limit \\(ulimit -n\\)\n");
    }
  }

  @Test
  void doesNotWarnWhereTheyFit(@TempDir Path directory) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter { web.max-connections = 100, probe.max-in-flight = 100 }\n");
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current()).withOpenFiles(512).start("--config.file=" + config)) {
      await().until(() -> exporter.get("/-/ready").status() == 200);
      assertThat(exporter.stderr()).doesNotContain("level=warn");
    }
  }

  @Test
  void warnsWhereMoreSessionsAreSetThanFit(@TempDir Path directory) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter { web.max-connections = 100, probe.max-in-flight = 100,"
                + " sessions.max = 400 }\n");
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current()).withOpenFiles(512).start("--config.file=" + config)) {
      await().until(() -> exporter.get("/-/ready").status() == 200);
      assertThat(exporter.stderr())
          .containsPattern(
              "level=warn .* max-connections=100 max-in-flight=100 max-sessions=400->1\\d\\d\n");
    }
  }

  @Test
  void aCrowdOfProbesThatHangLeavesItFilesToGoOn() throws Exception {
    List<KeptConnection> hanging = new ArrayList<>();
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignoreUpgrade);
        ScriptedServer healthy = ScriptedServer.start(Peer::answerPings);
        ExporterProcess exporter = withOpenFiles(256)) {
      int connections = Integer.parseInt(warning(exporter).group(2));
      await().until(() -> exporter.get("/-/ready").status() == 200);
      await().until(() -> exporter.get("/metrics").sample("process_open_fds") < 40);
      try (KeptConnection kubelet = new KeptConnection(exporter.port(), PATIENCE_MILLIS)) {
        for (int i = 0; i < 256; i++) {
          KeptConnection scraper = new KeptConnection(exporter.port(), PATIENCE_MILLIS);
          int probes = hanging.size() + 1;
          scraper.sendGet("/probe?target=" + percentEncoded(silent.ws("/")));
          await()
              .pollInterval(Duration.ofMillis(2))
              .until(() -> silent.accepted() == probes || scraper.hasAnswer());
          if (scraper.hasAnswer()) {
            assertThat(scraper.read()).startsWith("HTTP/1.1 503 ");
            scraper.close();
          } else {
            hanging.add(scraper);
          }
          kubelet.sendGet("/-/healthy");
          assertThat(kubelet.read()).startsWith("HTTP/1.1 200 ");
        }
        // The connections of the HTTP client that asked for /metrics count too.
        assertThat(hanging).hasSizeBetween(connections - 5, connections);

        for (KeptConnection scraper : hanging) {
          scraper.close();
        }
        kubelet.sendGet("/probe?target=" + percentEncoded(healthy.ws("/")));
        assertThat(kubelet.read()).contains("\nprobe_success 1.0\n");
        await()
            .untilAsserted(
                () ->
                    assertThat(exporter.get("/metrics").sample("process_open_fds")).isLessThan(40));
        assertThat(exporter.stderr())
            .doesNotContain("no file descriptor is left", "too_many_open_files");
      }
    } finally {
      for (KeptConnection scraper : hanging) {
        scraper.close();
      }
    }
  }

  private static ExporterProcess withOpenFiles(int most) {
    return ExporterProcess.on(Jdk.current()).withOpenFiles(most).start("--timeout=60s", "--debug");
  }

  /** The one warning of its log. */
  private static Matcher warning(ExporterProcess exporter) {
    await().until(() -> exporter.stderr().contains("level=warn"));
    List<String> warnings =
        exporter.stderr().lines().filter(line -> line.contains("level=warn")).toList();
    assertThat(warnings).hasSize(1);
    Matcher warning = WARNING.matcher(warnings.get(0));
    assertThat(warning.matches()).as(warnings.get(0)).isTrue();
    return warning;
  }
}
