package io.github.websocketexporter.hardening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.Jdk;
import io.github.websocketexporter.integration.TargetCrowd;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thousand clients that send their request slowly, or take their answer slowly, beside scrapers
 * that do as they should: the slow ones are cut off, and the others hardly notice. The slow ones
 * are those of slowhttptest.
 */
@Timeout(900)
class SlowClientsHardening {
  private static final int SLOW = 1_000;
  private static final int TARGETS = 100;
  private static final int PROBES_PER_SECOND = 100;
  private static final int ROUNDS = 3;
  private static final Duration ROUND = Duration.ofSeconds(15);

  /** The default of web.request-timeout, and what it takes to close so many. */
  private static final int MOST_SECONDS = 11;

  /** So long a client that reads slowly goes on to take the first of its answer. */
  private static final int TAKING_SECONDS = 2;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** So many connections may come and go besides. */
  private static final int FEW = 10;

  private static final double MOST_TIMES = 2;

  @TempDir private Path directory;

  /** How a client is slow. */
  enum Slowness {
    /** A header that goes on and on. */
    HEADERS("/-/healthy", "-H -i 3"),
    /** A body that comes in drips. */
    BODY("/-/healthy", "-B -i 3 -s 4096"),
    /** An answer that is hardly taken. */
    READ("/config", "-X -w 1 -y 512 -n 5 -z 5 -k 3");

    private final String path;
    private final String options;

    Slowness(String path, String options) {
      this.path = path;
      this.options = options;
    }
  }

  @ParameterizedTest
  @EnumSource
  void areCutOffAndHonestScrapersHardlyNotice(Slowness slowness) throws Exception {
    assumeInstalled();
    List<Double> quiet = new ArrayList<>();
    List<Double> attacked = new ArrayList<>();
    double longest = 0;
    try (ExporterProcess exporter =
            ExporterProcess.on(Jdk.current(), "-XX:+UseSerialGC", "-Xms16m", "-Xmx96m").start();
        TargetCrowd targets = new TargetCrowd(TARGETS);
        ScrapeLoad scrapers = new ScrapeLoad(exporter.port())) {
      scrape(scrapers, targets); // The JVM gets warm.
      for (int i = 0; i < ROUNDS; i++) {
        quiet.add(scrape(scrapers, targets));
        int files = exporter.openFiles();
        Process attack = attack(slowness, exporter.port());
        CompletableFuture<Double> open =
            CompletableFuture.supplyAsync(() -> secondsOpen(slowness, exporter, files));
        attacked.add(scrape(scrapers, targets));
        longest = Math.max(longest, open.join());
        attack.destroyForcibly().waitFor();
      }
      double times = median(attacked) / median(quiet);
      Figures.state(
          "slow clients: " + slowness.name().toLowerCase(Locale.ROOT) + ", 1,000 of them",
          "closed within 10 s; p99 of probes at most twice the quiet one",
          "the last closed %.1f s after the last was opened; p99 %.1f ms, quiet %.1f ms: %.2f times",
          longest,
          median(attacked),
          median(quiet),
          times);
      assertThat(longest)
          .isLessThanOrEqualTo(MOST_SECONDS + (slowness == Slowness.READ ? TAKING_SECONDS : 0));
      assertThat(times).isLessThanOrEqualTo(MOST_TIMES);
    }
  }

  /** The p99 of a round, in milliseconds; every probe of it succeeds. */
  private static double scrape(ScrapeLoad scrapers, TargetCrowd targets) {
    ScrapeOutcome outcome =
        scrapers.run(number -> targets.probe(number % TARGETS), PROBES_PER_SECOND, ROUND);
    assertThat(outcome.succeeded())
        .as(outcome.toString())
        .isEqualTo((int) (PROBES_PER_SECOND * ROUND.toSeconds()));
    return outcome.millis(99);
  }

  private Process attack(Slowness slowness, int port) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("slowhttptest", "-c", String.valueOf(SLOW), "-r", "200"));
    command.addAll(List.of("-l", "30", "-v", "1"));
    command.addAll(List.of("-u", "http://127.0.0.1:" + port + slowness.path));
    command.addAll(List.of(slowness.options.split(" ")));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("slowhttptest.out").toFile())
        .start();
  }

  /**
   * How long after there were most of them the slow ones are gone. By the exporter's side: one that
   * reads slowly takes long to see that it was reset. One whose answer is short has taken it all
   * however slowly it reads, and is just idle.
   */
  private static double secondsOpen(Slowness slowness, ExporterProcess exporter, int before) {
    await().atMost(PATIENCE).until(() -> exporter.openFiles() >= before + SLOW - FEW);
    long opened = System.nanoTime();
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                slowness == Slowness.READ
                    ? KernelSockets.unsent(exporter.port()) == 0
                    : exporter.openFiles() <= before + FEW);
    return (System.nanoTime() - opened) / 1e9;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static void assumeInstalled() throws InterruptedException {
    boolean installed;
    try {
      installed = new ProcessBuilder("slowhttptest", "-h").start().waitFor(10, TimeUnit.SECONDS);
    } catch (IOException e) {
      installed = false;
    }
    Assumptions.assumeTrue(
        installed, "slowhttptest is not installed: install slowhttptest with apt.");
  }
}
