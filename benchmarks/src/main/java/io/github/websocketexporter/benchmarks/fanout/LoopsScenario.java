package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * One event loop and two, on as many cores as there are: two of them share theirs with the load.
 */
final class LoopsScenario implements Scenario {
  private static final int IN_FLIGHT = 1_000;
  private static final int PROBES = 60_000;
  private static final int WARM_UP = 60_000;

  @Override
  public String name() {
    return "loops";
  }

  @Override
  public String title() {
    return "Event loops: 1,000 in flight, PONG at once; the exporter may use both cores";
  }

  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    for (int loops : List.of(1, 2)) {
      Subject.Setup setup = new Subject.Setup("event-loops = " + loops, List.of(), true);
      try (RunningTarget target = bench.target(false, Duration.ZERO);
          RunningExporter exporter = bench.exporter(subject, setup);
          Load load = bench.load(exporter, target)) {
        exporter.awaitReady();
        bench.warm(load, IN_FLIGHT, WARM_UP);
        Outcome outcome = load.run(Work.closedLoop(IN_FLIGHT, bench.probes(PROBES)));
        report.add(
            "event-loops = " + loops,
            subject.name(),
            Figures.failures(outcome.failures())
                .withError(outcome)
                .withLatency(outcome)
                .withCost(outcome, exporter));
      }
    }
  }
}
