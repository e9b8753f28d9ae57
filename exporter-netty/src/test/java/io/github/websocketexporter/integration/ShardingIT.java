package io.github.websocketexporter.integration;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Manifests;
import io.github.websocketexporter.testing.Manifests.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To which replica the scrapers send a target, by the rules of {@code deploy/sharded}. */
class ShardingIT {
  private static final int TARGETS = 100;
  private static final List<String> REPLICAS =
      IntStream.range(0, 3)
          .mapToObj("websocket-exporter-%d.websocket-exporter-headless.monitoring.svc"::formatted)
          .toList();

  @TempDir private Path directory;

  @BeforeAll
  static void assumeInstalled() {
    ScraperProcess.assumeInstalled();
  }

  @Test
  void prometheusSendsATargetAlwaysToTheSameReplica() throws Exception {
    Path config = configuration();
    Map<String, String> before;
    try (ScraperProcess prometheus = ScraperProcess.startPrometheus(directory, config)) {
      before = prometheus.awaitScrapedHosts(TARGETS);
    }
    assertThat(new TreeSet<>(before.values())).containsExactlyElementsOf(REPLICAS);
    try (ScraperProcess prometheus = ScraperProcess.startPrometheus(directory, config)) {
      assertThat(prometheus.awaitScrapedHosts(TARGETS)).isEqualTo(before);
    }
  }

  @Test
  void twoVmagentsSendATargetToTheSameReplica() throws Exception {
    Path config = configuration();
    Path another = Files.createDirectory(directory.resolve("another"));
    try (ScraperProcess storage = ScraperProcess.startVictoriaMetrics(directory);
        ScraperProcess one = ScraperProcess.startVmagent(directory, config, storage);
        ScraperProcess other = ScraperProcess.startVmagent(another, config, storage)) {
      Map<String, String> hosts = one.awaitScrapedHosts(TARGETS);
      assertThat(new TreeSet<>(hosts.values())).containsExactlyElementsOf(REPLICAS);
      assertThat(other.awaitScrapedHosts(TARGETS)).isEqualTo(hosts);
    }
  }

  /** What prometheus-operator makes of the Probe, or one writes by hand: that of these rules. */
  private Path configuration() throws IOException {
    String targets =
        IntStream.range(0, TARGETS).mapToObj("node%d"::formatted).collect(joining(","));
    return Files.writeString(
        directory.resolve("sharded.yml"),
        """
        scrape_configs:
          - job_name: websocket-continuous
            metrics_path: /probe
            static_configs: [{targets: [%s]}]
            relabel_configs:
              - {source_labels: [__address__], target_label: __param_target}
              - {source_labels: [__param_target], target_label: instance}
              %s
        """
            .formatted(targets, rules()));
  }

  private static String rules() throws IOException {
    return Manifests.documents("sharded/probe.yaml").get(0).list().stream()
        .flatMap(operation -> operation.at("value").list().stream())
        .map(ShardingIT::rule)
        .collect(joining("\n      "));
  }

  private static String rule(Node rule) {
    return rule.keys().stream()
        .map(key -> snakeCase(key.toString()) + ": " + rule.at(key.toString()).text())
        .collect(joining(", ", "- {", "}"));
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
