package io.github.websocketexporter.benchmarks.fanout;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Stream;

/** More probes of one address and port than there are local ports. */
final class PortsScenario implements Scenario {
  private static final int PROBES = 60_000;
  private static final int IN_FLIGHT = 100;
  private static final Path RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
  private static final int REMOTE_ADDRESS = 2;
  private static final int STATE = 3;
  private static final String TIME_WAIT = "06";

  @Override
  public String name() {
    return "ports";
  }

  @Override
  public String title() {
    return "60,000 probes in a row to one address and port";
  }

  @Override
  public boolean isForPeers() {
    return true;
  }

  @Override
  public void measure(Bench bench, Subject subject, Report report) throws IOException {
    report.note("Local ports here (net.ipv4.ip_local_port_range): " + range() + ".");
    try (RunningTarget target = bench.target(false, Duration.ZERO);
        RunningExporter exporter = bench.exporter(subject, Subject.Setup.PLAIN);
        Load load = bench.load(exporter, target)) {
      exporter.awaitReady();
      int probes = bench.probes(PROBES);
      Outcome outcome = load.run(new Work(IN_FLIGHT, probes, 0, 0, 0, 1));
      report.add(
          "%,d probes".formatted(probes),
          subject.name(),
          Figures.failures(outcome.failures())
              .with("TIME_WAIT", timeWaits(target.port()))
              .with("probes/s", outcome.perSecond()));
    }
  }

  /** Read at once: Linux gives such a file no second time. */
  private static String range() throws IOException {
    try (BufferedReader file = Files.newBufferedReader(RANGE)) {
      return String.valueOf(file.readLine()).strip().replaceAll("\\s+", " to ");
    }
  }

  /** How many connections to the target's port wait on the side that opened them. */
  private static int timeWaits(int port) throws IOException {
    String remote = String.format(Locale.ROOT, ":%04X", port);
    try (Stream<String> lines = Files.lines(Path.of("/proc/net/tcp"))) {
      return (int)
          lines
              .map(line -> line.strip().split("\\s+"))
              .filter(fields -> fields[REMOTE_ADDRESS].endsWith(remote))
              .filter(fields -> fields[STATE].equals(TIME_WAIT))
              .count();
    }
  }
}
