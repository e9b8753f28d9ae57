package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The memory of an exporter that has nothing to do, without and with scrapers that are connected.
 */
final class MemoryScenario implements Scenario {
  private static final int CONNECTIONS = 10_000;
  private static final int RATE = 2_000;
  private static final long REST_NANOS = TimeUnit.SECONDS.toNanos(3);

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public String title() {
    return "Memory of an idle exporter";
  }

  @Override
  public boolean isForPeers() {
    return true;
  }

  /** Each connection asks for one probe and is idle from then on. */
  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    try (RunningTarget target = bench.target(false, Duration.ZERO);
        RunningExporter exporter = bench.exporter(subject, Subject.Setup.PLAIN);
        Load load = bench.load(exporter, target)) {
      exporter.awaitReady();
      LockSupport.parkNanos(REST_NANOS);
      report.add("after the start", subject.name(), new Figures().withMemory(exporter));
      int connections = bench.probes(CONNECTIONS);
      Outcome outcome = load.run(Work.openLoop(RATE, connections, connections, 0));
      LockSupport.parkNanos(REST_NANOS);
      report.add(
          "%,d idle connections".formatted(connections),
          subject.name(),
          Figures.failures(outcome.failures()).withMemory(exporter));
    }
  }
}
