package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;

/** Scrape connections that all arrive at once, as after a restart of the exporter. */
final class BurstScenario implements Scenario {
  private static final Duration DELAY = Duration.ofMillis(20);
  private static final int CONNECTIONS = 5_000;
  private static final int WARM_UP = 40_000;
  private static final int WARM_UP_IN_FLIGHT = 200;
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public String name() {
    return "burst";
  }

  @Override
  public String title() {
    return "5,000 new scrape connections at once, PONG after 20 ms";
  }

  @Override
  public boolean isForPeers() {
    return true;
  }

  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    try (RunningTarget target = bench.target(false, DELAY);
        RunningExporter exporter = bench.exporter(subject, Subject.Setup.PLAIN)) {
      exporter.awaitReady();
      try (Load load = bench.load(exporter, target)) {
        bench.warm(load, WARM_UP_IN_FLIGHT, WARM_UP);
      }
      try (Load load = bench.load(exporter, target)) {
        Outcome outcome = load.burst(bench.probes(CONNECTIONS));
        double median = outcome.latencyNanos().quantile(0.5) / NANOS_PER_MILLI;
        double last = outcome.latencyNanos().quantile(1) / NANOS_PER_MILLI;
        Figures figures =
            Figures.failures(outcome.failures())
                .with("median answer ms", median)
                .with("last answer ms", last)
                .with("last / median", last / median);
        report.add(
            "%,d connections".formatted(bench.probes(CONNECTIONS)),
            subject.name(),
            subject.isOurs() ? figures.withError(outcome) : figures);
      }
    }
  }
}
