package io.github.websocketexporter.benchmarks.fanout;

import io.github.websocketexporter.transport.KernelClock;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code benchmarks/fan-out}. */
@Command(
    name = "fan-out",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Starts a target, this exporter and a load, and compares what the exporter reports with"
            + " what the target saw.")
public final class FanOut implements Callable<Integer> {
  private static final List<Integer> IN_FLIGHT = List.of(1, 100, 1_000, 5_000);
  private static final Subject.Setup LOOP_CLOCK = Subject.Setup.of("clock = loop");

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "NAME",
      description = "Which rows, of those that --list shows. By default all but the smoke.")
  private List<String> rows = List.of();

  @Option(names = "--list", description = "Lists the rows and ends.")
  private boolean list;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "How often everything is measured; the medians count. Default: 3.")
  private int rounds;

  @Option(
      names = "--jar",
      paramLabel = "NAME=FILE",
      description =
          "Another built exporter to measure side by side, or another place of this one. May be"
              + " repeated. Default: exporter=exporter-netty/target/websocket-exporter.jar.")
  private Map<String, Path> jars = new LinkedHashMap<>();

  @Option(
      names = "--java",
      paramLabel = "[NAME=]FILE",
      description =
          "The java that runs the exporter; with names, each jar is run by each. Default: the one"
              + " that runs this.")
  private List<String> javas = new ArrayList<>();

  @Option(
      names = "--jvm-options",
      defaultValue = "-Xmx128m -XX:+UseSerialGC",
      description = "Of the exporter's JVM. Default: ${DEFAULT-VALUE}.")
  private String jvmOptions = "";

  @Option(
      names = "--size",
      defaultValue = "1",
      description = "Multiplies how many probes are made; 0.1 for a quick look. Default: 1.")
  private double size;

  @Option(
      names = "--limit",
      defaultValue = "120",
      paramLabel = "SECONDS",
      description = "How long one measurement may take. Default: 120.")
  private int limitSeconds;

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new FanOut()).execute(arguments));
  }

  private static List<Scenario> scenarios() {
    return List.of(
        new ErrorScenario(
            "error",
            "Error of the reported round trip: ws, PONG after 20 ms",
            false,
            Subject.Setup.PLAIN,
            IN_FLIGHT),
        new ErrorScenario(
            "error-wss",
            "Error of the reported round trip: wss, PONG after 20 ms",
            true,
            Subject.Setup.PLAIN,
            List.of(100)),
        new ErrorScenario(
            "error-loop",
            "Error of the reported round trip, clock = loop: ws, PONG after 20 ms",
            false,
            LOOP_CLOCK,
            IN_FLIGHT),
        new OpenLoopScenario(),
        CostScenario.plain(),
        CostScenario.growth(),
        new MemoryScenario(),
        new BurstScenario(),
        new PortsScenario(),
        new StartScenario(),
        new LoopsScenario(),
        new SessionsScenario(),
        new SmokeScenario("smoke", false),
        new SmokeScenario("smoke-wss", true));
  }

  /** Measures, and returns 1 if a row could not be measured or not one probe of it succeeded. */
  @Override
  public Integer call() throws IOException {
    if (list) {
      scenarios().forEach(one -> System.out.printf("%-12s %s%n", one.name(), one.title()));
      return 0;
    }
    List<Scenario> chosen =
        scenarios().stream()
            .filter(
                one -> rows.isEmpty() ? !(one instanceof SmokeScenario) : rows.contains(one.name()))
            .toList();
    List<Subject> subjects = subjects();
    boolean complete = true;
    try (Bench bench = new Bench(Duration.ofSeconds(limitSeconds), size)) {
      printHead(System.out, bench);
      for (Scenario scenario : chosen) {
        complete &= measure(bench, scenario, subjects);
      }
    }
    return complete && !chosen.isEmpty() ? 0 : 1;
  }

  private boolean measure(Bench bench, Scenario scenario, List<Subject> subjects) {
    Report report = new Report();
    boolean complete = true;
    for (int round = 1; round <= rounds; round++) {
      for (Subject subject : subjects) {
        if (!subject.isOurs() && !scenario.isForPeers()) {
          continue;
        }
        System.err.printf("%s: round %d, %s%n", scenario.name(), round, subject.name());
        try {
          scenario.measure(bench, subject, report);
        } catch (IOException e) {
          report.note(subject.name() + ": " + e.getMessage());
          complete &= !subject.isOurs();
        }
      }
    }
    System.out.println("\n### " + scenario.title() + "\n");
    report.print(System.out);
    return complete && !report.isEmpty();
  }

  private List<Subject> subjects() {
    if (jars.isEmpty()) {
      jars.put("exporter", Path.of("exporter-netty", "target", "websocket-exporter.jar"));
    }
    if (javas.isEmpty()) {
      javas.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }
    List<String> options = Stream.of(jvmOptions.split(" ")).filter(o -> !o.isEmpty()).toList();
    List<Subject> subjects = new ArrayList<>();
    jars.forEach(
        (name, jar) -> {
          for (String java : javas) {
            int equals = java.indexOf('=');
            String full = equals < 0 ? name : name + ", " + java.substring(0, equals);
            subjects.add(new Subject.Jar(full, Path.of(java.substring(equals + 1)), options, jar));
          }
        });
    onPath("blackbox_exporter").map(Subject.Blackbox::new).forEach(subjects::add);
    return subjects;
  }

  private static Stream<Path> onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .limit(1);
  }

  private void printHead(PrintStream out, Bench bench) throws IOException {
    out.printf(
        "%s, %s, %d cores, Linux %s, Java %s%n",
        LocalDate.now(java.time.ZoneId.systemDefault()),
        processor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.version"),
        System.getProperty("java.version"));
    out.println("JVM options of the exporter: " + jvmOptions);
    out.println("Medians of " + rounds + " rounds; " + bench.cores() + ".");
    String whyNot = KernelClock.whyNot();
    out.println(
        whyNot == null
            ? "The target times by the kernel's stamps."
            : "The target times by its event loop, for " + whyNot + ".");
    if (onPath("blackbox_exporter").findAny().isEmpty()) {
      out.println("blackbox_exporter is not on the PATH: not measured.");
    }
  }

  private static String processor() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch", ""));
    }
  }
}
