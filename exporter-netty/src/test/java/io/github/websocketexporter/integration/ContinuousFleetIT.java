package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vmagent that scrapes 1,000 targets every 10 s for two minutes, whose connections are held and
 * pinged every second: counters only grow, there is one connection for each target, and all are
 * gone when nobody scrapes any more.
 */
class ContinuousFleetIT {
  private static final int TARGETS = 1_000;
  private static final int SCRAPES = 12;
  private static final int PINGS = 110;
  private static final String CONFIG =
      """
      websocket-exporter {
        sessions { max = 2000, lease { min = 10s, max = 20s } }
        web.max-connections = 4000
        probe.max-in-flight = 2000
      }
      """;
  private static final String SCRAPE_CONFIG =
      """
      scrape_configs:
        - job_name: fleet
          metrics_path: /probe
          scrape_interval: 10s
          scrape_timeout: 5s
          params:
            module: [websocket_continuous]
          file_sd_configs:
            - files: [fleet.yml]
          relabel_configs:
            - source_labels: [__address__]
              target_label: __param_target
            - source_labels: [__param_target]
              target_label: instance
            - target_label: __address__
              replacement: 127.0.0.1:%d
      """;

  @TempDir private Path directory;

  @Test
  @Timeout(value = 6, unit = TimeUnit.MINUTES)
  void eachTargetHasOneConnectionForAsLongAsItIsScraped() throws Exception {
    ScraperProcess.assumeInstalled();
    Path config = Files.writeString(directory.resolve("exporter.conf"), CONFIG);
    try (PeerProcess peer = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of("--report"));
        ExporterProcess exporter = ExporterProcess.start("--config.file=" + config)) {
      exporter.warmUp(List.of(exporter.ownWebSocket()));
      try (ScraperProcess storage = ScraperProcess.startVictoriaMetrics(directory)) {
        scrapeForTwoMinutes(exporter, peer, storage);
        assertAllIsWell(storage);
      }
      await("the end of all leases")
          .atMost(Duration.ofSeconds(40))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> lines(peer, "close ").size() == TARGETS);
      assertThat(lines(peer, "close ")).allMatch(line -> line.endsWith(" 1000"));
      assertThat(lines(peer, "open ")).hasSize(TARGETS);
      Answer metrics = exporter.get("/metrics");
      assertThat(metrics.sample("websocket_exporter_sessions")).isZero();
      assertThat(
              metrics.sample(
                  "websocket_exporter_session_disconnects_total{reason=\"lease_ended\"}"))
          .isEqualTo(TARGETS);
      assertThat(metrics.sample("websocket_exporter_session_reconnects_total")).isZero();
      assertThat(exporter.stderr().lines()).allMatch(line -> line.contains(" level=info "));
    }
  }

  private void scrapeForTwoMinutes(
      ExporterProcess exporter, PeerProcess peer, ScraperProcess storage) throws IOException {
    try (ScraperProcess vmagent =
        ScraperProcess.startVmagent(directory, scrapeConfig(exporter, peer), storage)) {
      awaitTwoMinutes(storage, vmagent);
      assertThat(lines(peer, "open ")).as("connections").hasSize(TARGETS).doesNotHaveDuplicates();
      assertThat(exporter.get("/metrics").sample("websocket_exporter_sessions")).isEqualTo(TARGETS);
    }
  }

  private Path scrapeConfig(ExporterProcess exporter, PeerProcess peer) throws IOException {
    List<String> targets =
        IntStream.range(0, TARGETS)
            .mapToObj(i -> "    - ws://127.0.0.1:%d/%d".formatted(peer.port(), i))
            .toList();
    Files.writeString(
        directory.resolve("fleet.yml"), "- targets:\n" + String.join("\n", targets) + "\n");
    return Files.writeString(
        directory.resolve("vmagent.yml"), SCRAPE_CONFIG.formatted(exporter.port()));
  }

  private static List<String> lines(PeerProcess peer, String beginning) {
    return peer.lines().stream().filter(line -> line.startsWith(beginning)).toList();
  }

  private static List<TimeSeries> stored(ScraperProcess storage, String metric) {
    return storage.query(metric + "{job=\"fleet\"}", System.currentTimeMillis());
  }

  private static void awaitTwoMinutes(ScraperProcess storage, ScraperProcess vmagent) {
    try {
      await()
          .atMost(Duration.ofMinutes(4))
          .pollInterval(Duration.ofSeconds(5))
          .until(
              () ->
                  stored(storage, "up").stream()
                          .filter(series -> series.samples().size() >= SCRAPES)
                          .count()
                      == TARGETS);
    } catch (RuntimeException e) {
      e.addSuppressed(new AssertionError(vmagent.output()));
      throw e;
    }
  }

  private static void assertAllIsWell(ScraperProcess storage) {
    for (String metric : List.of("up", "probe_success", "probe_websocket_connects_total")) {
      assertThat(stored(storage, metric))
          .as(metric)
          .hasSize(TARGETS)
          .allSatisfy(series -> assertThat(series.samples().values()).containsOnly(1.0));
    }
    assertThat(stored(storage, "probe_websocket_pings_lost_total"))
        .hasSize(TARGETS)
        .allSatisfy(series -> assertThat(series.samples().values()).containsOnly(0.0));
    for (String counter : List.of("probe_websocket_pings_total", "probe_websocket_pongs_total")) {
      assertThat(stored(storage, counter))
          .as(counter)
          .hasSize(TARGETS)
          .allSatisfy(
              series -> {
                assertThat(List.copyOf(series.samples().values())).isSorted();
                assertThat(series.samples().lastEntry().getValue()).isGreaterThan(PINGS - SCRAPES);
              });
    }
  }
}
