package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** How soon after its start an exporter answers, and how right it is at once. */
final class StartScenario implements Scenario {
  private static final Duration DELAY = Duration.ofMillis(20);

  /** A JVM starts with more threads than one. */
  private static final Subject.Setup ON_ANY_CORE = new Subject.Setup("", List.of(), true);

  private static final int STARTS = 5;
  private static final int FIRST_PROBES = 30;
  private static final int WARM_UP = 20_000;
  private static final int WARM_UP_IN_FLIGHT = 200;
  private static final double NANOS_PER_MILLI = 1e6;

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String title() {
    return "Start: the first answered probe after exec, and the first 30 after ready, PONG after 20"
        + " ms";
  }

  /** The first exporter is there to warm the target up, and the load. */
  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    try (RunningTarget target = bench.target(false, DELAY)) {
      try (RunningExporter exporter = bench.exporter(subject, Subject.Setup.PLAIN);
          Load load = bench.load(exporter, target)) {
        exporter.awaitReady();
        bench.warm(load, WARM_UP_IN_FLIGHT, WARM_UP);
      }
      for (int start = 0; start < STARTS; start++) {
        measureStart(bench, subject, report, target);
      }
    }
  }

  private static void measureStart(
      Bench bench, Subject subject, Report report, RunningTarget target) throws IOException {
    long exec = System.nanoTime();
    try (RunningExporter exporter = bench.exporter(subject, ON_ANY_CORE);
        Load load = bench.load(exporter, target)) {
      Outcome first = load.run(new Work(1, 1, 0, 0, 0, 1));
      double answered = (System.nanoTime() - exec) / NANOS_PER_MILLI;
      exporter.awaitReady();
      double ready = (System.nanoTime() - exec) / NANOS_PER_MILLI;
      Outcome outcome = load.run(new Work(1, FIRST_PROBES, 0, 0, 0, 1));
      report.add(
          "a start",
          subject.name(),
          Figures.failures(first.failures() + outcome.failures())
              .with("first answer ms", answered)
              .with("ready ms", ready)
              .withError(outcome)
              .withLatency(outcome));
    }
  }
}
