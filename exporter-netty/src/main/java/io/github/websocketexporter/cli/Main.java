package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command line: {@code websocket-exporter [flags]} starts the exporter. */
@Command(
    name = "websocket-exporter",
    description = "A Prometheus exporter that measures WebSocket ping-pong latency.",
    versionProvider = Main.Version.class,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Durations have a unit: 500ms, 10s, 1m. A flag wins over the config file.",
      "Exit codes: 0 stopped, 1 failed at run time, 2 bad usage or bad config."
    })
public final class Main implements Callable<Integer> {
  private final HeadStart headStart;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--web.listen-address",
      paramLabel = "ADDRESS",
      description = "Address to listen on, :PORT or HOST:PORT; repeatable (default: :9095)")
  private @Nullable List<String> listenAddresses;

  @Option(
      names = "--web.telemetry-path",
      paramLabel = "PATH",
      description = "Path of the exporter's own metrics (default: /metrics)")
  private @Nullable String telemetryPath;

  @Option(
      names = "--web.probe-path",
      paramLabel = "PATH",
      description = "Path that probes (default: /probe)")
  private @Nullable String probePath;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      description = "Longest that a probe may take (default: 10s)")
  private @Nullable String timeout;

  @Option(
      names = "--timeout-offset",
      paramLabel = "DURATION",
      description = "Taken off the scraper's timeout (default: 500ms)")
  private @Nullable String timeoutOffset;

  @Option(
      names = "--ping.interval",
      paramLabel = "DURATION",
      description = "From one PING to the next, for modules that send several (default: 1s)")
  private @Nullable String pingInterval;

  @Option(
      names = "--config.file",
      paramLabel = "FILE",
      description = "Configuration in HOCON (default: none)")
  private @Nullable Path configFile;

  @Option(
      names = "--log.level",
      paramLabel = "LEVEL",
      description = "error, warn, info or debug (default: info)")
  private @Nullable String logLevel;

  @Option(
      names = "--log.format",
      paramLabel = "FORMAT",
      description = "logfmt or json (default: logfmt)")
  private @Nullable String logFormat;

  @Option(
      names = "--debug",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description = "The same as --log.level=debug")
  private boolean debug;

  private Main(HeadStart headStart) {
    this.headStart = headStart;
  }

  /** Starts the exporter, which goes on when this returns; exits if it cannot be started. */
  public static void main(String[] arguments) {
    HeadStart headStart = HeadStart.begin();
    int exitCode = commandLine(headStart).execute(arguments);
    if (exitCode != ExitCode.OK) {
      headStart.awaitLogging();
      Logging.stop();
      System.exit(exitCode);
    }
  }

  static CommandLine commandLine(HeadStart headStart) {
    return new CommandLine(new Main(headStart))
        .setParameterExceptionHandler(
            (exception, arguments) -> {
              CommandLine command = exception.getCommandLine();
              command
                  .getErr()
                  .println("websocket-exporter: " + exception.getMessage() + "; try --help");
              return ExitCode.USAGE;
            });
  }

  @Override
  public Integer call() {
    try {
      serve(ConfigLoader.load(configFile, flags()));
      return ExitCode.OK;
    } catch (InvalidConfigException e) {
      return failed(e, ExitCode.USAGE);
    } catch (IOException | UnsupportedOperationException e) {
      return failed(e, ExitCode.SOFTWARE);
    }
  }

  private void serve(ExporterConfig wanted) throws IOException {
    headStart.awaitLogging();
    Logging.configure(wanted.log());
    Shutdown shutdown = Shutdown.onSignals();
    BuildInfo build = BuildProperties.read();
    ExporterMetrics metrics = new ExporterMetrics(build);
    headStart.awaitAll();
    OpenFiles files = OpenFiles.read();
    ExporterConfig config = within(files, wanted);
    Exporter exporter = new Exporter(config, build, metrics);
    try {
      exporter.start();
      shutdown.listening(exporter);
      exporter.prepare();
    } catch (IOException e) {
      exporter.close();
      throw e;
    }
    if (!config.equals(wanted)) {
      warn(files, wanted, config);
    }
    exporter.warmUp();
  }

  private static ExporterConfig within(OpenFiles files, ExporterConfig wanted) throws IOException {
    FileBudget budget =
        FileBudget.of(
            files,
            wanted.eventLoops(),
            wanted.web().maxConnections(),
            wanted.probe().maxInFlight());
    return wanted.withLimits(budget.maxConnections(), budget.maxInFlight());
  }

  private static void warn(OpenFiles files, ExporterConfig wanted, ExporterConfig holds) {
    LoggerFactory.getLogger(Main.class)
        .atWarn()
        .addKeyValue("max-open-files", files.limit())
        .addKeyValue(
            "max-connections", change(wanted.web().maxConnections(), holds.web().maxConnections()))
        .addKeyValue(
            "max-in-flight", change(wanted.probe().maxInFlight(), holds.probe().maxInFlight()))
        .log("too few file descriptors for the configured limits");
  }

  private static String change(int wanted, int holds) {
    return wanted == holds ? String.valueOf(holds) : wanted + "->" + holds;
  }

  private int failed(Exception e, int exitCode) {
    CommandSpec command = Objects.requireNonNull(spec);
    command.commandLine().getErr().println("websocket-exporter: " + e.getMessage());
    return exitCode;
  }

  private ConfigLoader.Flags flags() {
    return new ConfigLoader.Flags()
        .set("--web.listen-address", "web.listen-addresses", listenAddresses)
        .set("--web.telemetry-path", "web.telemetry-path", telemetryPath)
        .set("--web.probe-path", "web.probe-path", probePath)
        .set("--timeout", "probe.timeout", timeout)
        .set("--timeout-offset", "probe.timeout-offset", timeoutOffset)
        .set("--ping.interval", "probe.ping-interval", pingInterval)
        .set("--log.level", "log.level", logLevel)
        .set("--log.format", "log.format", logFormat)
        .set("--debug", "log.level", debug ? "debug" : null);
  }

  /** What {@code --version} prints. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      BuildInfo build = BuildProperties.read();
      return new String[] {
        "websocket-exporter %s (revision %s, Java %s)"
            .formatted(build.version(), build.revision(), build.javaVersion())
      };
    }
  }
}
