package io.github.websocketexporter.hardening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.Jdk;
import io.github.websocketexporter.integration.TargetCrowd;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Pause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An exporter that is offered twice as many probes as it has time for, with the default limits. It
 * has half of a core, or a quarter, for others work there all the time; the scrapers and the
 * targets share the other core, and so are not what has too much to do.
 */
class OverloadHardening {
  private static final int TARGETS = 1_000;
  private static final int EXPORTERS_CORE = 0;
  private static final int OWN_CORE = 1;
  private static final Duration STEP = Duration.ofSeconds(5);
  private static final Duration OVERLOAD = Duration.ofSeconds(20);
  private static final Duration TO_RECOVER = Duration.ofSeconds(1);

  @TempDir private Path directory;

  @BeforeEach
  void moveToOwnCore() throws Exception {
    assumeTrue(Runtime.getRuntime().availableProcessors() > OWN_CORE, "There is only one core.");
    moveTo(Integer.toString(OWN_CORE));
  }

  @AfterEach
  void moveToAllCores() throws Exception {
    moveTo("0-1023");
  }

  private static void moveTo(String cores) throws IOException, InterruptedException {
    String own = Long.toString(ProcessHandle.current().pid());
    int exit =
        new ProcessBuilder("taskset", "-acp", cores, own)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
    assumeTrue(exit == 0, "There is no taskset: install util-linux.");
  }

  /**
   * Turning a probe away costs a read and a write too: a seventh of a probe over plain TCP, and a
   * thirtieth of one over TLS. So much is left for the others where there is no time to spare.
   */
  @ParameterizedTest
  @CsvSource({"ws, 3, 100, 10s, 0.8", "wss, 1, 50, 10s, 0.95", "wss, 1, 50, 2s, 0.95"})
  void doesWhatItCanAndTurnsAwayTheRest(
      String scheme, int neighbours, int slow, String timeout, double leastGoodput)
      throws Exception {
    Certificates certificates = Certificates.in(directory);
    boolean secure = scheme.equals("wss");
    try (TargetCrowd crowd =
            new TargetCrowd(TARGETS, secure ? certificates.nettyServerContext() : null);
        ExporterProcess exporter =
            ExporterProcess.on(Jdk.current())
                .onCore(EXPORTERS_CORE)
                .start("--config.file=" + config(certificates), "--timeout=" + timeout);
        BusyNeighbours others = new BusyNeighbours(EXPORTERS_CORE, neighbours);
        ScrapeLoad load = new ScrapeLoad(exporter.port())) {
      await().until(() -> exporter.get("/-/ready").status() == 200);
      IntFunction<String> probe = i -> crowd.probe(i % TARGETS);
      load.run(probe, slow, OVERLOAD);

      double peak = peak(load, probe, slow);
      ScrapeOutcome quiet = load.run(probe, peak / 2, STEP);
      long begun = System.nanoTime();
      CompletableFuture<ScrapeOutcome> overload = load.start(probe, 2 * peak, OVERLOAD);
      Pause.of(OVERLOAD);
      CompletableFuture<ScrapeOutcome> recovery = load.start(probe, peak / 2, TO_RECOVER);
      CompletableFuture<Double> seconds =
          overload.thenApply(outcome -> (System.nanoTime() - begun) / 1e9);
      Pause.of(TO_RECOVER);
      ScrapeOutcome after = load.run(probe, peak / 2, STEP);

      ScrapeOutcome offered = ScrapeLoad.await(overload, OVERLOAD);
      double goodput = offered.succeeded() / seconds.get();
      Figures.state(
          "Overload: " + scheme + ", timeout " + timeout + ", twice of what it can do",
          "503 beyond, no false failure; goodput 95 % of the peak; normal within 1 s",
          "peak %.0f/s; %.0f %% of it under twice as many, %d times 503, failures %s, unanswered"
              + " %s; p99 %.1f ms at half the peak before, %.1f ms from 1 s after it",
          peak,
          100 * goodput / peak,
          offered.status(503),
          offered.failures(),
          offered.unanswered(),
          quiet.millis(99),
          after.millis(99));
      assertThat(others.processes()).allMatch(Process::isAlive);
      assertThat(offered.failures()).as("false failures").isEmpty();
      assertThat(offered.unanswered()).isEmpty();
      assertThat(offered.status(200) + offered.status(503)).isEqualTo(offered.answers());
      assertThat(offered.status(503)).isPositive();
      assertThat(goodput / peak).as("goodput").isGreaterThan(leastGoodput);
      assertThat(ScrapeLoad.await(recovery, STEP).failures()).isEmpty();
      assertThat(after.succeeded()).as("%s", after).isEqualTo(after.answers());
    }
  }

  /** Processes that take all the time of a core that they get. */
  private record BusyNeighbours(List<Process> processes) implements AutoCloseable {
    BusyNeighbours(int core, int count) throws IOException {
      this(new ArrayList<>());
      for (int i = 0; i < count; i++) {
        processes.add(
            new ProcessBuilder(
                    "taskset", "-c", Integer.toString(core), "sh", "-c", "while :; do :; done")
                .start());
      }
    }

    @Override
    public void close() {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private Path config(Certificates certificates) throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"),
        "websocket-exporter.modules.websocket_ping.tls { server-name = localhost, ca-file = \"%s\" }\n"
            .formatted(certificates.authorityPem(directory)));
  }

  /** The most probes a second that succeed, of more and more that are asked for. */
  private static double peak(ScrapeLoad load, IntFunction<String> probe, int slow) {
    double peak = 0;
    int missed = 0;
    for (double rate = slow; missed < 2; rate *= 1.25) {
      long begun = System.nanoTime();
      ScrapeOutcome outcome = load.run(probe, rate, STEP);
      double goodput = outcome.succeeded() / ((System.nanoTime() - begun) / 1e9);
      System.out.printf("%.0f/s: goodput %.0f/s, %s%n", rate, goodput, outcome);
      missed = goodput < 0.9 * rate ? missed + 1 : 0;
      peak = Math.max(peak, goodput);
    }
    return peak;
  }
}
