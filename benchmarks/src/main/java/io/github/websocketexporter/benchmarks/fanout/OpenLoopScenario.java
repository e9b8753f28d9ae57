package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;

/**
 * Probes that come at a fixed rate, whatever became of those before, at a target that takes a
 * second: latency counts from when a probe was due.
 */
final class OpenLoopScenario implements Scenario {
  private static final Duration DELAY = Duration.ofSeconds(1);
  private static final int RATE = 5_000;
  private static final int CONNECTIONS = 6_600;
  private static final int WARM_UP = 60_000;
  private static final int PROBES = 75_000;

  /** Until as many are in flight as will be. */
  private static final int FIRST = 10_000;

  @Override
  public String name() {
    return "open-loop";
  }

  @Override
  public String title() {
    return "Open loop: 5,000 probes/s, PONG after 1 s, so 5,000 in flight";
  }

  @Override
  public boolean isForPeers() {
    return false;
  }

  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    try (RunningTarget target = bench.target(false, DELAY);
        RunningExporter exporter = bench.exporter(subject, Subject.Setup.PLAIN);
        Load load = bench.load(exporter, target)) {
      exporter.awaitReady();
      bench.warm(load, RATE, WARM_UP);
      Outcome outcome =
          load.run(Work.openLoop(RATE, CONNECTIONS, bench.probes(PROBES), bench.probes(FIRST)));
      report.add(
          "5,000/s",
          subject.name(),
          Figures.failures(outcome.failures())
              .withError(outcome)
              .withLatency(outcome)
              .withCost(outcome, exporter));
    }
  }
}
