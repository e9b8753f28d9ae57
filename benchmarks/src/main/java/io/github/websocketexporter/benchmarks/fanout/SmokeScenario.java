package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;

/**
 * A few probes by a cold exporter: whether the benchmark works at all. Fails where none is right.
 *
 * @param secure whether over TLS
 */
record SmokeScenario(String name, boolean secure) implements Scenario {
  private static final Duration DELAY = Duration.ofMillis(5);
  private static final int IN_FLIGHT = 10;
  private static final int PROBES = 200;

  @Override
  public String title() {
    return "Smoke: " + (secure ? "wss" : "ws") + ", PONG after 5 ms";
  }

  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    try (RunningTarget target = bench.target(secure, DELAY);
        RunningExporter exporter = bench.exporter(subject, Subject.Setup.PLAIN);
        Load load = bench.load(exporter, target)) {
      exporter.awaitReady();
      Outcome outcome = load.run(Work.closedLoop(IN_FLIGHT, PROBES));
      if (outcome.succeeded() == 0 || !(outcome.coveredShare() > 0)) {
        throw new IOException("no probe was right");
      }
      report.add(
          IN_FLIGHT + " in flight",
          subject.name(),
          Figures.failures(outcome.failures()).withError(outcome).withLatency(outcome));
    }
  }
}
