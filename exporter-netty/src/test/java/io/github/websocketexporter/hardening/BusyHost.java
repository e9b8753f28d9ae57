package io.github.websocketexporter.hardening;

import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.TargetCrowd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Probes without end towards one address and port, on a host with the usual local ports: a program
 * for a network namespace of its own. Prints what became of them.
 */
final class BusyHost {
  private static final Path PORT_RANGE = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
  private static final String USUAL = "32768 60999";

  private static final Duration WARM_UP = Duration.ofSeconds(10);

  private BusyHost() {}

  /** Runs with how many probes a second, and how many seconds. */
  public static void main(String... arguments) throws IOException {
    int perSecond = Integer.parseInt(arguments[0]);
    Duration time = Duration.ofSeconds(Integer.parseInt(arguments[1]));
    Files.writeString(PORT_RANGE, USUAL);
    try (TargetCrowd target = new TargetCrowd(1);
        ExporterProcess exporter = ExporterProcess.start();
        ScrapeLoad load = new ScrapeLoad(exporter.port())) {
      String probe = target.probe(0);
      load.run(i -> probe, perSecond / 5.0, WARM_UP);
      ScrapeOutcome outcome = load.run(i -> probe, perSecond, time);
      System.out.println(outcome);
      System.out.println("succeeded " + outcome.succeeded());
      System.out.println("TIME_WAIT " + KernelSockets.waiting());
    }
  }
}
