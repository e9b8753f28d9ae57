package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.integration.ExporterProcess.Launcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scrapers that keep ten thousand connections to one exporter and ask for thousands of probes at
 * once. Nothing here is about time: the machine may be as slow as it likes. Only on Linux is every
 * address of 127.0.0.0/8 there.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(240)
@Tag("alone")
class TenThousandConnectionsIT {
  private static final int SCRAPERS = 10_000;
  private static final int AT_ONCE = 5_000;
  private static final int FEW = 100;
  private static final int MANY = 2_000;
  private static final int BYTES_PER_CONNECTION = 8 * 1_024;

  /** Far beyond what the probes take when everything runs on one busy core. */
  private static final String TIMEOUT = "--timeout=60s";

  /** What Netty and the JDK have allocated outside of the heap. */
  private static final Pattern DIRECT =
      Pattern.compile("^-\\s+Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)", Pattern.MULTILINE);

  private final TargetCrowd targets = new TargetCrowd(SCRAPERS);

  @TempDir private Path directory;

  @AfterEach
  void closeTargets() {
    targets.close();
  }

  @Test
  void areAllAnsweredAndStayOpen() throws Exception {
    try (ExporterProcess exporter = start(ExporterProcess.on(Jdk.current()), AT_ONCE);
        ScraperCrowd scrapers = new ScraperCrowd(exporter.port())) {
      assertRight(ScraperCrowd.await(scrapers.join(probes(0, AT_ONCE))));
      assertRight(scrapers.getAll(probes(0, AT_ONCE), AT_ONCE));

      // With that many connections open, the others come.
      assertRight(AT_ONCE, ScraperCrowd.await(scrapers.join(probes(AT_ONCE, SCRAPERS))));
      assertThat(metrics(scrapers).sample("websocket_exporter_http_connections"))
          .isEqualTo(SCRAPERS);
      assertThat(getOnNewConnection(exporter, "/-/healthy").status()).isEqualTo(200);

      assertRight(scrapers.getAll(probes(0, SCRAPERS), AT_ONCE));
      assertThat(scrapers.open()).isEqualTo(SCRAPERS);
      Answer metrics = metrics(scrapers);
      assertThat(metrics.sample("websocket_exporter_http_connections")).isEqualTo(SCRAPERS);
      assertThat(metrics.sample("websocket_exporter_probes_in_flight")).isZero();
      assertThat(probesOf(metrics)).isEqualTo(2 * AT_ONCE + AT_ONCE + SCRAPERS);
      assertThat(rejectedIn(metrics)).isZero();
      assertThat(IntStream.range(0, AT_ONCE).map(targets::visits)).containsOnly(3);
      assertThat(IntStream.range(AT_ONCE, SCRAPERS).map(targets::visits)).containsOnly(2);
    }
  }

  @Test
  void takeLittleMemoryWhileTheyAreIdle() throws Exception {
    Launcher launcher = ExporterProcess.on(Jdk.current(), "-XX:NativeMemoryTracking=summary");
    try (ExporterProcess exporter = start(launcher, AT_ONCE)) {
      long before = memoryBytes(exporter);
      try (ScraperCrowd scrapers = new ScraperCrowd(exporter.port())) {
        assertRight(ScraperCrowd.await(scrapers.join(longProbes(0, AT_ONCE))));
        assertRight(AT_ONCE, ScraperCrowd.await(scrapers.join(longProbes(AT_ONCE, SCRAPERS))));
        assertThat((memoryBytes(exporter) - before) / SCRAPERS)
            .isBetween(1L, (long) BYTES_PER_CONNECTION);
      }

      awaitConnections(exporter, 1);
      assertThat((memoryBytes(exporter) - before) / SCRAPERS)
          .as("what is left of each")
          .isLessThan(BYTES_PER_CONNECTION / 10);
    }
  }

  @Test
  void areToldToComeAgainWhereTooManyAskAtOnce() throws Exception {
    try (ExporterProcess exporter = start(ExporterProcess.on(Jdk.current()), FEW);
        ScraperCrowd scrapers = new ScraperCrowd(exporter.port())) {
      targets.hold();
      List<CompletableFuture<Answer>> answers = scrapers.join(probes(0, MANY));
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> targets.holding() == FEW && count(answers) == MANY - FEW);

      List<Answer> refused =
          answers.stream()
              .filter(CompletableFuture::isDone)
              .map(answer -> answer.getNow(null))
              .toList();
      assertThat(refused)
          .hasSize(MANY - FEW)
          .allSatisfy(
              answer -> {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.headers().firstValue("retry-after")).contains("1");
                assertThat(answer.body()).doesNotContain("probe_success");
              });
      Answer metrics = getOnNewConnection(exporter, "/metrics");
      assertThat(metrics.sample("websocket_exporter_probes_in_flight")).isEqualTo(FEW);
      assertThat(rejectedIn(metrics)).isEqualTo(MANY - FEW);

      targets.release();
      List<Answer> all = ScraperCrowd.await(answers);
      for (int i = 0; i < MANY; i++) {
        assertThat(all.get(i).status()).isEqualTo(targets.visits(i) == 1 ? 200 : 503);
        if (all.get(i).status() == 200) {
          assertThat(wrong(i, all.get(i))).isEmpty();
        }
      }

      // Each connection is still good, and each place was given back.
      assertRight(scrapers.getAll(probes(0, MANY), FEW));
      assertThat(rejectedIn(metrics(scrapers))).isEqualTo(MANY - FEW);
    }
  }

  private ExporterProcess start(Launcher launcher, int maxInFlight) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter { web.max-connections = "
                + (SCRAPERS + FEW)
                + ", probe.max-in-flight = "
                + maxInFlight
                + " }\n");
    ExporterProcess exporter = launcher.start("--config.file=" + config, TIMEOUT);
    // Not asked over HTTP: that connection would count.
    await().atMost(Duration.ofSeconds(20)).until(() -> exporter.stderr().contains("msg=ready"));
    return exporter;
  }

  private List<String> probes(int from, int to) {
    return IntStream.range(from, to).mapToObj(targets::probe).toList();
  }

  /** The same in request lines of 8 KB, which must not leave their buffers behind. */
  private List<String> longProbes(int from, int to) {
    String padding = "&unused=" + "x".repeat(8_000);
    return probes(from, to).stream().map(probe -> probe + padding).toList();
  }

  private static long count(List<CompletableFuture<Answer>> answers) {
    return answers.stream().filter(CompletableFuture::isDone).count();
  }

  private static void assertRight(List<Answer> answers) {
    assertRight(0, answers);
  }

  /** Each is the answer to a successful probe of its own target. */
  private static void assertRight(int first, List<Answer> answers) {
    assertThat(
            IntStream.range(0, answers.size())
                .mapToObj(i -> wrong(first + i, answers.get(i)))
                .filter(wrong -> !wrong.isEmpty()))
        .isEmpty();
  }

  /** What is wrong with the answer for target {@code number}. */
  private static String wrong(int number, Answer answer) {
    if (answer.status() == 200
        && answer.sample("probe_success") == 1
        && answer.sample("probe_ip_addr_hash") == TargetCrowd.addressHash(number)) {
      return "";
    }
    return number + ": " + answer.status() + " " + answer.failure();
  }

  private static Answer metrics(ScraperCrowd scrapers) {
    return scrapers.get(0, "/metrics");
  }

  private static Answer getOnNewConnection(ExporterProcess exporter, String path) {
    try (ScraperCrowd newcomer = new ScraperCrowd(exporter.port())) {
      return ScraperCrowd.await(newcomer.join(List.of(path))).get(0);
    }
  }

  private static double probesOf(Answer metrics) {
    return metrics.sample("websocket_exporter_probes_total{module=\"websocket_ping\"}");
  }

  private static double rejectedIn(Answer metrics) {
    return metrics.sample("websocket_exporter_probes_rejected_total{reason=\"max_in_flight\"}");
  }

  private static void awaitConnections(ExporterProcess exporter, int connections) {
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                getOnNewConnection(exporter, "/metrics")
                        .sample("websocket_exporter_http_connections")
                    == connections);
  }

  /** What the exporter holds on its heap, by its last collection, and outside of it. */
  private static long memoryBytes(ExporterProcess exporter) {
    // The first one only finds what is to be cleaned up.
    exporter.jcmd("GC.run");
    exporter.jcmd("GC.run");
    Matcher direct = DIRECT.matcher(exporter.jcmd("VM.native_memory", "summary"));
    assertThat(direct.find()).isTrue();
    double heap =
        getOnNewConnection(exporter, "/metrics").samples().entrySet().stream()
            .filter(sample -> sample.getKey().startsWith("jvm_memory_pool_collection_used_bytes"))
            .mapToDouble(Map.Entry::getValue)
            .sum();
    return (long) heap + Long.parseLong(direct.group(1)) * 1_024;
  }
}
