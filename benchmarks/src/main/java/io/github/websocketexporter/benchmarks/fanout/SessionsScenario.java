package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.time.Duration;

/**
 * Sessions: each is pinged every second and scraped every 30 seconds, over a few keep-alive
 * connections.
 */
final class SessionsScenario implements Scenario {
  private static final Duration DELAY = Duration.ofMillis(20);
  private static final Subject.Setup CONTINUOUS =
      Subject.Setup.of("probe { default-module = websocket_continuous, ping-interval = 1s }");
  private static final int SESSIONS = 9_000;
  private static final int SCRAPES_PER_SECOND = 300;
  private static final int CONNECTIONS = 100;

  /** So many sessions are open when the heap is measured for the first time: one in so many. */
  private static final int FIRST = 10;

  private static final double BYTES_PER_KIBIBYTE = 1_024;

  @Override
  public String name() {
    return "sessions";
  }

  @Override
  public String title() {
    return "Sessions: ws, a PING every second, PONG after 20 ms, each scraped every 30 s";
  }

  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    int sessions = bench.probes(SESSIONS);
    int files = sessions * 2 + 400; // The exporter holds as many as half of its files may be.
    if (files > Bench.openFiles()) {
      report.note(
          "Not run: %,d sessions need %,d open files, and the limit here is %,d."
              .formatted(sessions, files, Bench.openFiles()));
      return;
    }
    try (RunningTarget target = bench.target(false, DELAY);
        RunningExporter exporter = bench.exporter(subject, CONTINUOUS);
        Load load = bench.load(exporter, target)) {
      exporter.awaitReady();
      load.run(opening(sessions / FIRST));
      long fewBytes = exporter.liveHeapBytes();
      load.run(opening(sessions));
      load.run(scraping(sessions)); // The code is compiled meanwhile.
      long before = pings(target.truth(), sessions);
      Outcome outcome = load.run(scraping(sessions));
      long pings = pings(target.truth(), sessions) - before;
      double bytesEach =
          (double) (exporter.liveHeapBytes() - fewBytes) / (sessions - sessions / FIRST);
      report.add(
          "%,d sessions".formatted(sessions),
          subject.name(),
          Figures.failures(outcome.failures())
              .withError(outcome)
              .withLatency(outcome)
              .withPings(outcome, pings)
              .with("heap KiB/session", bytesEach / BYTES_PER_KIBIBYTE)
              .withMemory(exporter));
    }
  }

  /** Scrapes each for the first time. */
  private static Work opening(int sessions) {
    return new Work(CONNECTIONS, sessions, 0, 0, sessions, 1);
  }

  /** Scrapes each once more, in as long as a scraper's interval is. */
  private static Work scraping(int sessions) {
    return Work.openLoop(SCRAPES_PER_SECOND, CONNECTIONS, sessions, 0).withTargets(sessions, 1);
  }

  /** How many PINGs were answered in all sessions. */
  private static long pings(Truth truth, int sessions) {
    long pings = 0;
    for (int number = 0; number < sessions; number++) {
      pings += truth.pings(number);
    }
    return pings;
  }
}
