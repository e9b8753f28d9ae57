package io.github.websocketexporter.hardening;

import static io.github.websocketexporter.integration.ExporterProcess.percentEncoded;
import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.hardening.FaultyTargets.Kind;
import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.Jdk;
import io.github.websocketexporter.integration.ProcessSignals;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Ports;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Probes that cannot succeed in time, at each phase and for each kind of trouble: a program for a
 * network namespace of its own. Prints what came of it, a name and a value a line.
 */
final class StuckHost {
  private static final int PROBES = 10_000;
  private static final int PER_SECOND = 250;
  private static final Duration TIMEOUT = Duration.ofSeconds(2);
  private static final Duration AT_LEAST = Duration.ofSeconds(4);
  private static final int ALLOWED_MILLIS = 50;

  /** A machine that stood still for so long has made answers late that were in time. */
  private static final int STALL_MILLIS = 20;

  private static final int MOST_RUNS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final List<String> HELD =
      List.of("engine.ProbeAttempt", "transport.ProbeChannel", "concurrent.ScheduledFutureTask");

  private static final String CONFIG =
      """
      websocket-exporter {
        dns { servers = ["127.0.0.1:%d"], timeout = 10s }
        modules {
          plain.timeout = %s
          talking { timeout = %2$s, messages = [{ send = "12345678", expect = 12345678 }] }
          by-proxy { timeout = %2$s, proxy.url = "http://127.0.0.1:%d" }
          by-dripping-proxy { timeout = %2$s, proxy.url = "http://127.0.0.1:%d" }
          by-resetting-proxy { timeout = %2$s, proxy.url = "http://127.0.0.1:%d" }
          by-half-open-proxy { timeout = %2$s, proxy.url = "http://127.0.0.1:%d" }
          secure { timeout = %2$s, tls { server-name = localhost, ca-file = "%s" } }
        }
      }
      """;

  /** The PING is the first that is so short, and a message. */
  private static final String RULES =
      """
      table inet stuck {
        chain incoming {
          type filter hook input priority 0;
          tcp dport %d drop
          tcp dport %d tcp flags & psh == psh drop
          tcp dport %d tcp flags & psh == psh meta length < 100 drop
          tcp dport { %d, %d } numgen random mod 3 == 0 drop
          tcp sport { %4$d, %5$d } numgen random mod 3 == 0 drop
        }
      }
      """;

  /**
   * How a probe is asked for, and how it must fail: empty where packets get lost, or the answer
   * comes so late that it is not known whether it is in time.
   */
  private record Case(String origin, String module, String failure) {
    Case(String scheme, int port, String module, String failure) {
      this(scheme + "://127.0.0.1:" + port, module, failure);
    }

    String path(int number) {
      String target = origin + "/" + number;
      return "/probe?module=" + module + "&target=" + percentEncoded(target);
    }
  }

  private final ExporterProcess exporter;
  private final List<Case> certain;
  private final List<Case> uncertain;

  private StuckHost(ExporterProcess exporter, List<Case> cases) {
    this.exporter = exporter;
    certain = cases.stream().filter(each -> !each.failure().isEmpty()).toList();
    uncertain = cases.stream().filter(each -> each.failure().isEmpty()).toList();
  }

  /** Runs. */
  public static void main(String... none) throws Exception {
    Path directory = Files.createTempDirectory("stuck");
    Certificates certificates = Certificates.in(directory);
    try (FaultyTargets targets =
            new FaultyTargets(certificates.nettyServerContext(), TIMEOUT.toMillis());
        DatagramSocket silentNameServer = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Socket nobody = Ports.reserved()) {
      Path config =
          Files.writeString(
              directory.resolve("exporter.conf"),
              CONFIG.formatted(
                  silentNameServer.getLocalPort(),
                  TIMEOUT.toSeconds() + "s",
                  targets.port(Kind.SILENT),
                  targets.port(Kind.DRIPPING),
                  targets.port(Kind.RESETTING),
                  targets.port(Kind.HALF_OPEN),
                  certificates.authorityPem(directory)));
      ProcessSignals.run(
          "nft",
          RULES.formatted(
              targets.port(Kind.LOST),
              targets.port(Kind.HALF_OPEN),
              targets.port(Kind.HALF_OPEN_WEBSOCKET),
              targets.port(Kind.LOSSY),
              targets.port(Kind.LOSSY_TLS)));
      try (ExporterProcess exporter =
          ExporterProcess.on(
                  Jdk.current(),
                  "-Xmx96m",
                  "-Dio.netty.leakDetection.level=simple",
                  "-Dio.netty.leakDetection.samplingInterval=1")
              .start("--config.file=" + config)) {
        new StuckHost(exporter, cases(targets, nobody.getLocalPort())).run();
      }
    }
  }

  private static List<Case> cases(FaultyTargets targets, int closedPort) {
    List<Case> cases = new ArrayList<>();
    cases.add(new Case("ws://silent.test", "plain", "resolve/dns_timeout"));
    cases.add(new Case("ws", targets.port(Kind.LOST), "plain", "connect/connect_timeout"));
    cases.add(new Case("ws", closedPort, "plain", "connect/connect_refused"));
    cases.add(new Case("ws", 1, "by-proxy", "proxy/proxy_timeout"));
    cases.add(new Case("ws", 1, "by-dripping-proxy", "proxy/proxy_timeout"));
    cases.add(new Case("ws", 1, "by-resetting-proxy", "proxy/connection_reset"));
    cases.add(new Case("ws", 1, "by-half-open-proxy", "proxy/proxy_timeout"));
    cases.add(new Case("wss", targets.port(Kind.SILENT), "secure", "tls/tls_timeout"));
    cases.add(new Case("wss", targets.port(Kind.RESETTING), "secure", "tls/connection_reset"));
    cases.add(new Case("wss", targets.port(Kind.HALF_OPEN), "secure", "tls/tls_timeout"));
    cases.add(new Case("ws", targets.port(Kind.SILENT), "plain", "upgrade/upgrade_timeout"));
    cases.add(new Case("ws", targets.port(Kind.DRIPPING), "plain", "upgrade/upgrade_timeout"));
    cases.add(new Case("ws", targets.port(Kind.RESETTING), "plain", "upgrade/connection_reset"));
    cases.add(new Case("ws", targets.port(Kind.HALF_OPEN), "plain", "upgrade/upgrade_timeout"));
    Map<String, String> timeouts =
        Map.of("plain", "ping/pong_timeout", "talking", "messages/message_timeout");
    for (Map.Entry<String, String> each : new TreeMap<>(timeouts).entrySet()) {
      String module = each.getKey();
      for (Kind kind : List.of(Kind.MUTE, Kind.DRIPPING_FRAMES, Kind.HALF_OPEN_WEBSOCKET)) {
        cases.add(new Case("ws", targets.port(kind), module, each.getValue()));
      }
      String reset = each.getValue().replaceFirst("/.*", "/connection_reset");
      cases.add(new Case("ws", targets.port(Kind.RESETTING_A_WEBSOCKET), module, reset));
      cases.add(new Case("ws", targets.port(Kind.ANSWERING_LATE), module, ""));
      cases.add(new Case("ws", targets.port(Kind.LOSSY), module, ""));
    }
    cases.add(new Case("ws", targets.port(Kind.UPGRADING_LATE), "plain", ""));
    cases.add(new Case("wss", targets.port(Kind.LOSSY_TLS), "secure", ""));
    return cases;
  }

  private void run() throws InterruptedException {
    await().until(() -> exporter.get("/-/ready").status() == 200);
    try (ScrapeLoad load = new ScrapeLoad(exporter.port())) {
      load.run(number -> path(certain, number), PER_SECOND / 2.0, AT_LEAST);
      load.run(number -> path(uncertain, number), PER_SECOND / 2.0, AT_LEAST);
    }
    Footprint before = Footprint.of(exporter);
    Map<String, Long> heldBefore = held();
    int runs = 0;
    double stall;
    do {
      runs++;
      stall = measure();
    } while (stall > STALL_MILLIS && runs < MOST_RUNS);
    Footprint after = Footprint.of(exporter);
    Map<String, Long> heldAfter = held();

    say("runs", runs);
    say("stall", stall);
    say("sockets left", after.files() - before.files());
    for (String each : HELD) {
      say(
          each + " left",
          requireNonNull(heldAfter.get(each)) - requireNonNull(heldBefore.get(each)));
    }
    say("leaks", exporter.stderr().lines().filter(line -> line.contains("LEAK")).count());
    say("errors", exporter.stderr().lines().filter(line -> line.contains("level=error")).count());
  }

  /** One run; returns for how long the machine stood still, in milliseconds, at most. */
  private double measure() throws InterruptedException {
    Control control = new Control();
    control.start();
    Duration time = Duration.ofSeconds(PROBES / PER_SECOND);
    ScrapeOutcome failing;
    ScrapeOutcome other;
    try (ScrapeLoad load = new ScrapeLoad(exporter.port())) {
      CompletableFuture<ScrapeOutcome> begun =
          load.start(number -> path(certain, number), PER_SECOND / 2.0, time);
      other =
          ScrapeLoad.await(
              load.start(number -> path(uncertain, number), PER_SECOND / 2.0, time),
              time.plus(PATIENCE));
      failing = ScrapeLoad.await(begun, PATIENCE);
    }
    double stall = control.end();
    System.err.println("those that must fail: " + failing + ", others: " + other);
    Map<String, Integer> expected = new TreeMap<>();
    for (int i = 0; i < PROBES / 2; i++) {
      expected.merge(certain.get(i % certain.size()).failure(), 1, Integer::sum);
    }
    long late = TIMEOUT.toMillis() + ALLOWED_MILLIS;
    say("probes", failing.status(200) + other.status(200));
    say("unanswered", failing.unanswered().size() + other.unanswered().size());
    say("late", failing.slowerThan(late) + other.slowerThan(late));
    say("slowest", Math.max(failing.millis(100), other.millis(100)) - TIMEOUT.toMillis());
    say("false", failing.failures().equals(expected) ? failing.succeeded() : PROBES);
    say(
        "strange",
        other.failures().keySet().stream().filter(each -> !each.endsWith("_timeout")).count());
    return stall;
  }

  private static String path(List<Case> cases, int number) {
    return cases.get(number % cases.size()).path(number);
  }

  /** How many of what a probe may leave there are. */
  private Map<String, Long> held() {
    String histogram = exporter.jcmd("GC.class_histogram");
    Map<String, Long> held = new TreeMap<>();
    for (String name : HELD) {
      held.put(
          name,
          histogram
              .lines()
              .filter(line -> line.contains("." + name))
              .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[1]))
              .sum());
    }
    return held;
  }

  private static void say(String name, Object value) {
    System.out.println(name + ": " + value);
  }

  /** A thread that has nothing to do but to see whether the machine lets it. */
  private static final class Control extends Thread {
    private volatile boolean over;
    private double mostMillis;

    Control() {
      super("control");
      setDaemon(true);
    }

    @Override
    public void run() {
      while (!over) {
        long before = System.nanoTime();
        try {
          TimeUnit.MILLISECONDS.sleep(1);
        } catch (InterruptedException e) {
          return;
        }
        mostMillis = Math.max(mostMillis, (System.nanoTime() - before) / 1e6 - 1);
      }
    }

    double end() throws InterruptedException {
      over = true;
      join();
      return mostMillis;
    }
  }
}
