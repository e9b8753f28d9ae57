package io.github.websocketexporter.hardening;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.github.websocketexporter.integration.Answer;
import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.Jdk;
import io.github.websocketexporter.integration.TargetCrowd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Someone who guesses a thousand passwords a second, from many addresses: scrapers that have the
 * right one hardly notice. And time does not tell which users there are. Only on Linux is every
 * address of 127.0.0.0/8 there.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(900)
class BasicAuthFloodHardening {
  private static final int COST = 10;
  private static final int TARGETS = 100;
  private static final int PROBES_PER_SECOND = 100;
  private static final int GUESSES_PER_SECOND = 1_000;
  private static final int ADDRESSES = 250;
  private static final int ROUNDS = 3;
  private static final Duration ROUND = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final double MOST_TIMES = 2;

  private static final int WARM_UPS = 20;
  private static final int SAMPLES = 500;
  private static final double MOST_OF_A_HASH = 0.05;

  @TempDir private Path directory;

  private int guesses;

  private ExporterProcess start() throws IOException {
    String hash = BCrypt.withDefaults().hashToString(COST, "right".toCharArray());
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.web.basic-auth-users.alice = \"" + hash + "\"\n");
    return ExporterProcess.on(Jdk.current(), "-XX:+UseSerialGC", "-Xms16m", "-Xmx96m")
        .start("--config.file=" + config);
  }

  private static String authorization(String user, String password) {
    String pair = user + ":" + password;
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  @Test
  void whoHasTheRightPasswordHardlyNotices() throws Exception {
    List<Double> quiet = new ArrayList<>();
    List<Double> attacked = new ArrayList<>();
    int refused = 0;
    String right = authorization("alice", "right");
    try (ExporterProcess exporter = start();
        TargetCrowd targets = new TargetCrowd(TARGETS);
        ScrapeLoad scrapers = new ScrapeLoad(exporter.port()).withAuthorization(number -> right);
        ScrapeLoad guessers =
            new ScrapeLoad(exporter.port())
                .withAuthorization(number -> authorization("alice", "guess " + guesses++))
                .fromAddresses(ADDRESSES)) {
      scrape(scrapers, targets); // The JVM gets warm, and the password is remembered.
      for (int i = 0; i < ROUNDS; i++) {
        quiet.add(scrape(scrapers, targets));
        CompletableFuture<ScrapeOutcome> guessing =
            guessers.start(number -> "/metrics", GUESSES_PER_SECOND, ROUND);
        attacked.add(scrape(scrapers, targets));
        ScrapeOutcome outcome = ScrapeLoad.await(guessing, PATIENCE);
        assertThat(outcome.status(401) + outcome.status(503))
            .as(outcome.toString())
            .isEqualTo((int) (GUESSES_PER_SECOND * ROUND.toSeconds()));
        refused += outcome.answers();
      }
    }
    double times = median(attacked) / median(quiet);
    Figures.state(
        "basic auth: 1,000 wrong passwords a second, from 250 addresses",
        "p99 of probes at most twice the quiet one",
        "%,d wrong ones refused, no right one; p99 %.1f ms, quiet %.1f ms: %.2f times",
        refused,
        median(attacked),
        median(quiet),
        times);
    assertThat(times).isLessThanOrEqualTo(MOST_TIMES);
  }

  /** The p99 of a round, in milliseconds; every probe of it is let in, and succeeds. */
  private static double scrape(ScrapeLoad scrapers, TargetCrowd targets) {
    ScrapeOutcome outcome =
        scrapers.run(number -> targets.probe(number % TARGETS), PROBES_PER_SECOND, ROUND);
    assertThat(outcome.succeeded())
        .as(outcome.toString())
        .isEqualTo((int) (PROBES_PER_SECOND * ROUND.toSeconds()));
    return outcome.millis(99);
  }

  @Test
  void timeDoesNotTellWhichUsersThereAre() throws Exception {
    List<Double> known = new ArrayList<>();
    List<Double> unknown = new ArrayList<>();
    try (ExporterProcess exporter = start()) {
      for (int i = 0; i < WARM_UPS; i++) {
        refusalMillis(exporter, "alice");
      }
      for (int i = 0; i < SAMPLES; i++) {
        known.add(refusalMillis(exporter, "alice"));
        unknown.add(refusalMillis(exporter, "mallory" + i));
      }
    }
    double difference = Math.abs(median(known) - median(unknown)) / median(known);
    Figures.state(
        "basic auth: the time of an unknown user",
        "that of a known one",
        "medians of %d each: %.2f ms known, %.2f ms unknown, %.1f %% apart",
        SAMPLES,
        median(known),
        median(unknown),
        100 * difference);
    assertThat(difference).isLessThan(MOST_OF_A_HASH);
  }

  private double refusalMillis(ExporterProcess exporter, String user) {
    String wrong = authorization(user, "guess " + guesses++);
    long began = System.nanoTime();
    Answer answer = exporter.get("/metrics", "Authorization", wrong);
    long took = System.nanoTime() - began;
    assertThat(answer.status()).isEqualTo(401);
    return took / 1e6;
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }
}
