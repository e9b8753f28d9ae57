package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * How wrong the reported round trip is, with more and more probes in flight.
 *
 * @param setup how the exporter is set up
 * @param inFlight how many probes are in flight, in turn
 */
record ErrorScenario(
    String name, String title, boolean secure, Subject.Setup setup, List<Integer> inFlight)
    implements Scenario {
  private static final Duration DELAY = Duration.ofMillis(20);
  private static final int WARM_UP = 60_000;
  private static final int WARM_UP_SECURE = 10_000;
  private static final int WARM_UP_IN_FLIGHT = 4_000;
  private static final int PROBES_EACH = 12;
  private static final int MIN_PROBES = 200;

  @Override
  public boolean isForPeers() {
    return !secure && setup.equals(Subject.Setup.PLAIN);
  }

  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    try (RunningTarget target = bench.target(secure, DELAY);
        RunningExporter exporter = bench.exporter(subject, setup);
        Load load = bench.load(exporter, target)) {
      exporter.awaitReady();
      int most = inFlight.get(inFlight.size() - 1);
      bench.warm(
          load,
          Math.min(secure ? 10 * most : WARM_UP_IN_FLIGHT, Math.max(most, WARM_UP_IN_FLIGHT / 4)),
          secure ? WARM_UP_SECURE : WARM_UP);
      for (int count : inFlight) {
        int probes = bench.probes(Math.max(MIN_PROBES, PROBES_EACH * count));
        Outcome outcome = load.run(Work.closedLoop(count, Math.max(probes, count)));
        Figures figures = Figures.failures(outcome.failures());
        if (subject.isOurs()) {
          figures.withError(outcome);
        }
        report.add(
            "%,d in flight".formatted(count),
            subject.name(),
            figures.withLatency(outcome).withCost(outcome, exporter));
      }
    }
  }
}
