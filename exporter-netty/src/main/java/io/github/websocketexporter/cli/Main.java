package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import java.io.IOException;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParseResult;

/** The command line: {@code websocket-exporter [flags]} starts the exporter. */
public final class Main {
  private final HeadStart headStart;

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
    return new CommandLine(CommandLineFlags.spec())
        .setExecutionStrategy(new Main(headStart)::run)
        .setParameterExceptionHandler(
            (exception, arguments) -> {
              exception
                  .getCommandLine()
                  .getErr()
                  .println("websocket-exporter: " + exception.getMessage() + "; try --help");
              return ExitCode.USAGE;
            });
  }

  private int run(ParseResult flags) {
    Integer helped = CommandLine.executeHelpRequest(flags);
    if (helped != null) {
      return helped;
    }
    CommandLine command = flags.commandSpec().commandLine();
    try {
      serve(
          ConfigLoader.load(CommandLineFlags.configFile(flags), CommandLineFlags.settings(flags)));
      return ExitCode.OK;
    } catch (InvalidConfigException e) {
      return failed(command, e, ExitCode.USAGE);
    } catch (IOException | UnsupportedOperationException e) {
      return failed(command, e, ExitCode.SOFTWARE);
    }
  }

  private void serve(ExporterConfig wanted) throws IOException {
    headStart.awaitLogging();
    Logging.configure(wanted.log());
    Shutdown shutdown = Shutdown.onSignals();
    BuildInfo build = BuildProperties.read();
    OpenFiles files = OpenFiles.read();
    headStart.awaitAll();
    ExporterMetrics metrics = new ExporterMetrics(build);
    ExporterConfig config = within(files, wanted);
    Exporter exporter = new Exporter(config, build, metrics);
    boolean prepared = false;
    try {
      exporter.start();
      shutdown.listening(exporter);
      exporter.prepare();
      prepared = true;
    } finally {
      if (!prepared) {
        exporter.close(); // Or its event loops would keep the process alive.
      }
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

  private static int failed(CommandLine command, Exception e, int exitCode) {
    command.getErr().println("websocket-exporter: " + e.getMessage());
    return exitCode;
  }
}
