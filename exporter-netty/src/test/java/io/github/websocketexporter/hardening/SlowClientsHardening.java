package io.github.websocketexporter.hardening;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.Jdk;
import io.github.websocketexporter.integration.TargetCrowd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

  /** The default of web.request-timeout, and what a report in whole seconds adds to it. */
  private static final int MOST_SECONDS = 10 + 2;

  private static final double MOST_TIMES = 2;

  @TempDir private Path directory;

  /** How a client is slow. */
  enum Slowness {
    /** A header that goes on and on. */
    HEADERS("/-/healthy", "-H -i 3"),
    /** A body that comes in drips. */
    BODY("/-/healthy", "-B -i 3 -s 4096"),
    /** An answer that is hardly taken. */
    READ("/metrics", "-X -w 1 -y 512 -n 5 -z 5 -k 3");

    private final String path;
    private final String options;

    Slowness(String path, String options) {
      this.path = path;
      this.options = options;
    }
  }

  /** A line of what slowhttptest reports: how many of its connections are what, after a time. */
  private record Second(int seconds, int closed, int pending, int connected) {
    static Second of(String line) {
      int[] values =
          Arrays.stream(line.split(","))
              .mapToInt(value -> Integer.parseInt(value.strip()))
              .toArray();
      return new Second(values[0], values[1], values[2], values[3]);
    }

    int opened() {
      return closed + pending + connected;
    }
  }

  @ParameterizedTest
  @EnumSource
  void areCutOffAndHonestScrapersHardlyNotice(Slowness slowness) throws Exception {
    assumeInstalled();
    List<Double> quiet = new ArrayList<>();
    List<Double> attacked = new ArrayList<>();
    int longest = 0;
    try (ExporterProcess exporter =
            ExporterProcess.on(Jdk.current(), "-XX:+UseSerialGC", "-Xms16m", "-Xmx96m").start();
        TargetCrowd targets = new TargetCrowd(TARGETS);
        ScrapeLoad scrapers = new ScrapeLoad(exporter.port())) {
      scrape(scrapers, targets); // The JVM gets warm.
      for (int i = 0; i < ROUNDS; i++) {
        quiet.add(scrape(scrapers, targets));
        Process attack = attack(slowness, exporter.port());
        attacked.add(scrape(scrapers, targets));
        assertThat(attack.waitFor(60, TimeUnit.SECONDS)).as("slowhttptest ended").isTrue();
        longest = Math.max(longest, longestSeconds());
      }
      double times = median(attacked) / median(quiet);
      Figures.state(
          "slow clients: " + slowness.name().toLowerCase(Locale.ROOT) + ", 1,000 of them",
          "closed within 10 s; p99 of probes at most twice the quiet one",
          "closed within %d s (as reported in whole seconds); p99 %.1f ms, quiet %.1f ms: %.2f"
              + " times",
          longest,
          median(attacked),
          median(quiet),
          times);
      assertThat(longest).isLessThanOrEqualTo(MOST_SECONDS);
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
        new ArrayList<>(List.of("slowhttptest", "-c", String.valueOf(SLOW), "-r", "500"));
    command.addAll(List.of("-l", "30", "-v", "1", "-g", "-o", report().toString()));
    command.addAll(List.of("-u", "http://127.0.0.1:" + port + slowness.path));
    command.addAll(List.of(slowness.options.split(" ")));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("slowhttptest.out").toFile())
        .start();
  }

  private Path report() {
    return directory.resolve("report");
  }

  /** How long a connection was open at most: how late as many were closed as had been opened. */
  private int longestSeconds() throws IOException {
    List<Second> seconds =
        Files.readAllLines(Path.of(report() + ".csv")).stream().skip(1).map(Second::of).toList();
    Second last = seconds.get(seconds.size() - 1);
    assertThat(last.closed()).as("closed of %s", last).isEqualTo(SLOW);
    int longest = 0;
    for (Second opening : seconds) {
      int closedAt =
          seconds.stream()
              .filter(second -> second.closed() >= opening.opened())
              .mapToInt(Second::seconds)
              .findFirst()
              .orElseThrow();
      longest = Math.max(longest, closedAt - opening.seconds());
    }
    return longest;
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
