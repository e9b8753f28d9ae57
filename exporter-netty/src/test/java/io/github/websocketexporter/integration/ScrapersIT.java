package io.github.websocketexporter.integration;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.integration.Fleet.Member;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.junit.jupiter.api.io.TempDir;

/**
 * A vmagent and a Prometheus that scrape the same 2,000 targets every 10 s for a minute, with the
 * configuration that is shipped: both have each sample of each target, and none is another's.
 */
@Tag("alone")
class ScrapersIT {
  private static final Path SHIPPED =
      Path.of(System.getProperty("basedir", "."), "../deploy/scrape/prometheus.yml");
  private static final String PROBES = ScrapedSamples.PROBES;
  private static final String OWN = "{job=\"websocket-exporter\"}";
  private static final String FAILURE =
      "probe_failure_info{phase=\"upgrade\",reason=\"upgrade_status\"}";

  @TempDir private static Path directory;

  private static final List<ScraperProcess> RUNNING = new ArrayList<>();

  @RegisterExtension
  static final TestExecutionExceptionHandler SHOW_OUTPUTS =
      (context, failure) -> {
        RUNNING.forEach(each -> failure.addSuppressed(new AssertionError(each.output())));
        throw failure;
      };

  private static final ResourceLeakDetector.Level LEAK_DETECTION = ResourceLeakDetector.getLevel();

  @BeforeAll
  static void assumeInstalled() {
    ScraperProcess.assumeInstalled();
  }

  /** Every access to a buffer takes a stack trace otherwise: too slow for so many targets. */
  @BeforeAll
  static void trackOnlyABufferInAHundred() {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
  }

  @AfterAll
  static void trackBuffersAsBefore() {
    ResourceLeakDetector.setLevel(LEAK_DETECTION);
  }

  @AfterAll
  static void stopAll() {
    RUNNING.forEach(ScraperProcess::close);
    RUNNING.clear();
  }

  @Test
  void bothAcceptTheShippedConfiguration() throws Exception {
    assertThat(ScraperProcess.run("promtool", "check", "config", SHIPPED.toString()))
        .contains("SUCCESS");
    assertThat(ScraperProcess.run("vmagent", "-dryRun", "-promscrape.config=" + SHIPPED))
        .contains("all the configs are ok");
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void bothHaveEverySampleOfTwoThousandTargetsAndNoneIsWrong() throws Exception {
    try (Fleet fleet = new Fleet();
        ExporterProcess exporter =
            ExporterProcess.start("--config.file=" + exporterConfiguration())) {
      exporter.warmUp(
          fleet.members().stream()
              .filter(member -> member.delay().isZero())
              .map(member -> fleet.url(member).toString())
              .toList());
      Path config = configuration(exporter, fleet);
      ScraperProcess storage = running(ScraperProcess.startVictoriaMetrics(directory));
      ScraperProcess vmagent = running(ScraperProcess.startVmagent(directory, config, storage));
      ScraperProcess prometheus = running(ScraperProcess.startPrometheus(directory, config));

      // Of both, before what follows: to ask for it all takes much of the machine.
      Map<ScraperProcess, Long> ends = new LinkedHashMap<>();
      for (ScraperProcess scraper : List.of(storage, prometheus)) {
        ends.put(scraper, awaitAMinute(scraper, fleet));
      }
      int scrapes = 0;
      for (Map.Entry<ScraperProcess, Long> each : ends.entrySet()) {
        ScraperProcess scraper = each.getKey();
        long end = each.getValue();
        // What was scraped by then may be stored a little later.
        await()
            .atMost(Duration.ofSeconds(20))
            .pollInterval(Duration.ofSeconds(2))
            .untilAsserted(() -> assertComplete(new ScrapedSamples(scraper, end), fleet));
        assertTellsTargetsApartWithoutTheirTokens(scraper, fleet);
        assertScrapesTheExporterItself(scraper, end);
        scrapes += new ScrapedSamples(scraper, end).scrapes();
      }
      assertThat(scrapes).isLessThanOrEqualTo(fleet.requests());
      Answer metrics = exporter.get("/metrics");
      assertThat(failures(metrics)).containsOnlyKeys("upgrade/upgrade_status");

      vmagent.close();
      prometheus.close();
      assertCountersAgree(exporter, fleet);
      assertThat(exporter.stderr().lines())
          .isNotEmpty()
          .allMatch(line -> line.contains(" level=info "));
    }
  }

  private static ScraperProcess running(ScraperProcess started) {
    RUNNING.add(started);
    return started;
  }

  /** Room for every scraper to connect anew while the exporter still holds its old connections. */
  private static Path exporterConfiguration() throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"),
        "websocket-exporter { web.max-connections = 10000, probe.max-in-flight = 5000 }\n");
  }

  /** The shipped configuration, for this exporter and these targets, and three times as often. */
  private static Path configuration(ExporterProcess exporter, Fleet fleet) throws IOException {
    String config = Files.readString(SHIPPED);
    Map<String, String> changes =
        Map.of(
            "websocket-exporter:9095",
            "127.0.0.1:" + exporter.port(),
            "scrape_interval: 30s",
            "scrape_interval: 10s");
    for (Map.Entry<String, String> change : changes.entrySet()) {
      assertThat(config).contains(change.getKey());
      config = config.replace(change.getKey(), change.getValue());
    }
    StringBuilder targets = new StringBuilder();
    for (Member member : fleet.members()) {
      targets.append(
          "- {targets: ['%s'], labels: {name: %s}}\n".formatted(fleet.url(member), member.name()));
    }
    Files.createDirectories(directory.resolve("targets"));
    Files.writeString(directory.resolve("targets/fleet.yml"), targets);
    return Files.writeString(directory.resolve("prometheus.yml"), config);
  }

  /** Returns a time, in unix milliseconds, by which each target was scraped for a minute. */
  private static long awaitAMinute(ScraperProcess scraper, Fleet fleet) {
    List<Long> ends = new ArrayList<>();
    await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(5))
        .until(
            () -> {
              ends.clear();
              scraper.query("up" + PROBES, System.currentTimeMillis()).stream()
                  .map(TimeSeries::samples)
                  .filter(samples -> samples.size() > ScrapedSamples.OF_A_MINUTE)
                  .forEach(samples -> ends.add(samples.lastKey()));
              return ends.size() == fleet.members().size();
            });
    return Collections.min(ends);
  }

  private static void assertComplete(ScrapedSamples samples, Fleet fleet) {
    List<Member> all = fleet.members();
    List<Member> refusing = all.stream().filter(Member::refuses).toList();
    List<Member> good = all.stream().filter(member -> !member.refuses()).toList();

    samples.assertValues("probe_success", all, member -> member.refuses() ? 0 : 1);
    samples.assertValues("probe_websocket_status_code", all, Member::status);
    samples.assertValues("probe_ip_addr_hash", all, ScrapersIT::addressHash);
    samples.assertValues("probe_websocket_unmatched_pongs", good, Member::unmatchedPongs);
    samples.assertValues("probe_websocket_pongs_received", good, member -> 1);
    samples.assertValues("probe_failure_info", refusing, member -> 1);
    samples.assertValues(FAILURE, refusing, member -> 1);
    samples.assertAllValues(
        "probe_websocket_ping_pong_duration_seconds",
        all,
        (member, found) -> {
          if (member.refuses()) {
            assertThat(found).containsOnly(0.0);
          } else {
            double delay = member.delay().toNanos() / 1e9;
            assertThat(found).allMatch(roundTrip -> roundTrip > 0 && roundTrip >= delay);
          }
        });
  }

  private static void assertTellsTargetsApartWithoutTheirTokens(
      ScraperProcess scraper, Fleet fleet) {
    List<String> names = scraper.labelNames();
    assertThat(names).contains("instance", "name", "job", "reason").doesNotContain("target");
    for (String name : names) {
      assertThat(scraper.labelValues(name))
          .as("values of %s", name)
          .isNotEmpty()
          .noneMatch(value -> value.contains(Fleet.TOKEN));
    }
    assertThat(scraper.query("up" + PROBES, System.currentTimeMillis()))
        .extracting(series -> series.label("name") + " " + series.label("instance"))
        .containsExactlyInAnyOrderElementsOf(
            fleet.members().stream()
                .map(member -> member.name() + " " + fleet.address(member))
                .toList());
  }

  private static void assertScrapesTheExporterItself(ScraperProcess scraper, long end) {
    List<TimeSeries> up = scraper.query("up" + OWN, end);
    assertThat(up).hasSize(1);
    assertThat(up.get(0).samples().values()).containsOnly(1.0);
    ScrapedSamples.assertNoneMissing(up.get(0));
    assertThat(scraper.query("websocket_exporter_build_info" + OWN, end)).hasSize(1);
  }

  /** The exporter's count of the failures by phase and reason. */
  private static Map<String, Double> failures(Answer metrics) {
    return metrics.samples().entrySet().stream()
        .filter(sample -> sample.getKey().startsWith("websocket_exporter_probe_failures_total{"))
        .collect(
            toMap(
                sample ->
                    sample.getKey().replaceFirst(".*phase=\"(\\w+)\",reason=\"(\\w+)\".*", "$1/$2"),
                Map.Entry::getValue));
  }

  /** Once the scrapers are gone, which may have ended some probes halfway. */
  private static void assertCountersAgree(ExporterProcess exporter, Fleet fleet) {
    await()
        .until(() -> exporter.get("/metrics").sample("websocket_exporter_probes_in_flight") == 0);
    Answer metrics = exporter.get("/metrics");
    double cancelled =
        failures(metrics).entrySet().stream()
            .filter(failure -> failure.getKey().endsWith("/cancelled"))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    int requests = fleet.requests();
    assertThat(metrics.sample("websocket_exporter_probes_total{module=\"websocket_ping\"}"))
        .isBetween((double) requests, requests + cancelled);
    assertThat(metrics.samples())
        .containsKey("websocket_exporter_probes_rejected_total{reason=\"max_in_flight\"}")
        .containsEntry("websocket_exporter_module_unknown_total", 0.0)
        .allSatisfy(
            (series, value) -> {
              if (series.startsWith("websocket_exporter_probes_rejected_total{")) {
                assertThat(value).as(series).isZero();
              }
            });
  }

  /** FNV-1a of the four bytes. */
  private static double addressHash(Member member) {
    int hash = 0x811c9dc5;
    for (byte octet : address(member)) {
      hash = (hash ^ (octet & 0xff)) * 0x01000193;
    }
    return Integer.toUnsignedLong(hash);
  }

  private static byte[] address(Member member) {
    try {
      return InetAddress.getByName(member.host()).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
