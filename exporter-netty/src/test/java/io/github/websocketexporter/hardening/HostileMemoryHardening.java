package io.github.websocketexporter.hardening;

import static io.github.websocketexporter.integration.ExporterProcess.percentEncoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.hardening.HostileCrowd.Kind;
import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.Jdk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The memory of an exporter a thousand of whose probes are in flight at once, each against a server
 * that sends more than anyone can hold: over that of a thousand honest ones.
 */
class HostileMemoryHardening {
  private static final int AT_ONCE = 1_000;
  private static final int MOST_OF_THEM = 900;
  private static final int ROUNDS = 6;
  private static final long MIB = 1 << 20;

  /**
   * A probe holds no more than one frame or message of 64 KiB: 62.5 MiB in a thousand. The rest is
   * the allocator's and the collector's.
   */
  private static final long MOST = 96 * MIB;

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration TIME = Duration.ofSeconds(1);
  private static final String CONFIG =
      """
      websocket-exporter.modules {
        plain { timeout = 8s }
        compressing { timeout = 8s, compression = true }
        talking { timeout = 8s, messages = [{ expect-hex = 00 }] }
      }
      """;

  @TempDir Path directory;

  private double slowestSeconds;

  @Test
  void growsByNoMoreThanPromised() throws Exception {
    Path config = Files.writeString(directory.resolve("exporter.conf"), CONFIG);
    Map<Kind, Long> over = new EnumMap<>(Kind.class);
    try (ExporterProcess exporter =
        ExporterProcess.on(
                Jdk.current(), "-XX:+UseSerialGC", "-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch")
            .start("--config.file=" + config)) {
      await().until(() -> exporter.get("/-/ready").status() == 200);
      peak(exporter, Kind.HONEST, WARM_UP);
      long baseline = 0;
      for (int i = 0; i < ROUNDS; i++) {
        baseline = Math.max(baseline, peak(exporter, Kind.HONEST, TIME));
      }
      System.out.printf("baseline %d MiB%n", baseline / MIB);
      for (Kind kind : Kind.values()) {
        if (kind != Kind.HONEST) {
          over.put(kind, peak(exporter, kind, TIME) - baseline);
        }
      }
      assertThat(exporter.stderr()).doesNotContain("Exception", "OutOfMemory");
    }
    over.forEach((kind, bytes) -> System.out.printf("%s %+d MiB%n", kind, bytes / MIB));
    long worst = over.values().stream().max(Long::compare).orElseThrow();
    Figures.state(
        "Floods: the same, timeout 8 s",
        "answers by the scraper's own timeout of 10 s",
        "the slowest of the p99: %.1f s",
        slowestSeconds);
    Figures.state(
        "Memory: 1,000 hostile servers at once, each of %d kinds".formatted(over.size()),
        "at most + 64 MiB RSS",
        "%+d MiB",
        worst / MIB);
    SoftAssertions each = new SoftAssertions();
    over.forEach((kind, bytes) -> each.assertThat(bytes).as("%s", kind).isLessThan(MOST));
    each.assertAll();
  }

  /** The most memory that it took for a thousand probes of that kind. */
  private long peak(ExporterProcess exporter, Kind kind, Duration time) {
    try (HostileCrowd servers = new HostileCrowd(kind);
        ScrapeLoad scrapers = new ScrapeLoad(exporter.port())) {
      exporter.forgetPeak();
      String module =
          switch (kind) {
            case BOMBS, GREAT_BOMB -> "compressing";
            case UNFINISHED_MESSAGE -> "talking";
            default -> "plain";
          };
      ScrapeOutcome outcome =
          ScrapeLoad.await(
              scrapers.start(
                  i -> "/probe?module=" + module + "&target=" + percentEncoded(servers.ws("/" + i)),
                  (double) AT_ONCE / time.toSeconds(),
                  time),
              PATIENCE);
      long peak = exporter.peakResidentBytes();
      System.out.printf(
          "%s: peak %d MiB, %d connections at once, %d MiB sent, p99 %.0f ms, %d ok, %s %s%n",
          kind,
          peak / MIB,
          servers.mostOpen(),
          servers.sent() / MIB,
          outcome.millis(99),
          outcome.succeeded(),
          outcome.failures(),
          outcome.unanswered());
      slowestSeconds = Math.max(slowestSeconds, outcome.millis(99) / 1e3);
      assertThat(outcome.status(200) + outcome.status(503)).as("%s", outcome).isEqualTo(AT_ONCE);
      assertThat(outcome.status(200)).as("not turned away").isGreaterThan(MOST_OF_THEM);
      assertThat(outcome.succeeded()).isEqualTo(kind == Kind.HONEST ? outcome.status(200) : 0);
      return peak;
    }
  }
}
