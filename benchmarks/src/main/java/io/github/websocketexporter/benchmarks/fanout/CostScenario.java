package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What a probe takes of a core, everything on one core, so that the exporter never waits for a
 * target that is on another.
 *
 * @param cases what is probed, in turn, by one exporter
 */
record CostScenario(String name, String title, boolean isForPeers, List<Case> cases)
    implements Scenario {
  private static final int WARM_UP = 60_000;
  private static final int WARM_UP_SECURE = 10_000;
  private static final int WARM_UP_IN_FLIGHT = 200;

  /** The limits that let 8,000 probes run where a process may open 20,000 files. */
  private static final Subject.Setup ROOMY =
      Subject.Setup.of("web.max-connections = 8300\nprobe.max-in-flight = 8000");

  /**
   * One of them.
   *
   * @param targets how many different targets there are; 0 for one each
   */
  record Case(String what, boolean secure, int inFlight, int probes, int targets) {}

  /** The cost of a plain probe and of one over TLS. */
  static CostScenario plain() {
    return new CostScenario(
        "cpu",
        "CPU per probe: PONG at once, all on one core",
        true,
        List.of(
            new Case("ws, 200 in flight", false, 200, 40_000, 0),
            new Case("wss, 200 in flight", true, 200, 10_000, 0)));
  }

  /** Whether a probe costs more where there are many. */
  static CostScenario growth() {
    return new CostScenario(
        "growth",
        "Growth: CPU per probe, PONG at once, all on one core",
        false,
        List.of(
            new Case("100 in flight", false, 100, 40_000, 0),
            new Case("8,000 in flight", false, 8_000, 40_000, 0),
            new Case("200 in flight, 1,000 targets", false, 200, 100_000, 1_000),
            new Case("200 in flight, 50,000 targets", false, 200, 100_000, 50_000)));
  }

  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    for (Case one : cases) {
      if (one.secure() && !subject.isOurs()) {
        continue;
      }
      int files = 2 * one.inFlight() + one.inFlight() / 8 + 400;
      if (files > Bench.openFiles()) {
        report.note(
            "Not run: %s needs %,d open files, and the limit here is %,d."
                .formatted(one.what(), files, Bench.openFiles()));
      } else {
        measure(bench, subject, report, one);
      }
    }
  }

  private static void measure(Bench bench, Subject subject, Report report, Case one)
      throws IOException {
    try (RunningTarget target = bench.target(one.secure(), Duration.ZERO);
        RunningExporter exporter = bench.exporter(subject, ROOMY);
        Load load = bench.load(exporter, target)) {
      exporter.awaitReady();
      bench.warm(load, WARM_UP_IN_FLIGHT, one.secure() ? WARM_UP_SECURE : WARM_UP);
      bench.moveToOneCore(target);
      Outcome outcome =
          load.run(
              Work.closedLoop(one.inFlight(), bench.probes(one.probes()))
                  .withTargets(one.targets(), Target.ADDRESSES));
      report.add(
          one.what(),
          subject.name(),
          Figures.failures(outcome.failures()).withLatency(outcome).withCost(outcome, exporter));
    }
  }
}
