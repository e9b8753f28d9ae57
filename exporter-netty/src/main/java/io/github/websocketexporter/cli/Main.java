package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidChoiceException;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.http.Protection;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.transport.TlsClients;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.apache.commons.cli.ParseException;
import org.slf4j.LoggerFactory;

/**
 * The command line: {@code websocket-exporter [flags]} starts the exporter, {@code
 * websocket-exporter probe TARGET} probes once.
 */
public final class Main {
  private static final String PROBE = "probe";

  private final HeadStart headStart;
  private final PrintStream out;
  private final PrintStream err;
  private final CompletableFuture<ConfigReloader> reloader = new CompletableFuture<>();

  Main(HeadStart headStart, PrintStream out, PrintStream err) {
    this.headStart = headStart;
    this.out = out;
    this.err = err;
  }

  /**
   * Starts the exporter, which goes on when this returns, or does what else is asked for and exits.
   */
  public static void main(String[] arguments) {
    HeadStart headStart = HeadStart.begin();
    PrintStream out =
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    Main main = new Main(headStart, out, System.err);
    boolean probes = asksForProbe(arguments);
    if (!probes) {
      Signals.handle("HUP", main::reload);
    }
    int exitCode = main.run(arguments);
    if (probes || exitCode != ExitCode.OK) {
      headStart.awaitLogging();
      Logging.stop();
      System.exit(exitCode);
    }
  }

  private static boolean asksForProbe(String... arguments) {
    return arguments.length > 0 && arguments[0].equals(PROBE);
  }

  /** One that comes too early is not lost: it would have ended the process otherwise. */
  private void reload() {
    reloader.thenAccept(ConfigReloader::reload);
  }

  int run(String... arguments) {
    try {
      if (asksForProbe(arguments)) {
        return probe(ProbeFlags.parse(Arrays.copyOfRange(arguments, 1, arguments.length)));
      }
      CommandLineFlags flags = CommandLineFlags.parse(arguments);
      if (flags.asksForHelp()) {
        out.print(CommandLineFlags.help());
        return ExitCode.OK;
      }
      if (flags.asksForVersion()) {
        out.println(version(BuildProperties.read()));
        return ExitCode.OK;
      }
      return start(flags);
    } catch (ParseException e) {
      err.println("websocket-exporter: " + e.getMessage() + "; try --help");
      return ExitCode.USAGE;
    }
  }

  private int probe(ProbeFlags flags) {
    if (flags.asksForHelp()) {
      out.print(ProbeFlags.help());
      return ExitCode.OK;
    }
    try {
      return new ProbeCommand(flags, out, Terminal.likesColors(System.getenv())).run(headStart);
    } catch (InvalidConfigException
        | InvalidChoiceException
        | InvalidTargetException
        | SSLException e) {
      return failed(e, ExitCode.USAGE);
    } catch (IOException | UnsupportedOperationException e) {
      return failed(e, ExitCode.SOFTWARE);
    }
  }

  private static String version(BuildInfo build) {
    return "websocket-exporter %s (revision %s, Java %s)"
        .formatted(build.version(), build.revision(), build.javaVersion());
  }

  private int start(CommandLineFlags flags) {
    try {
      ConfigSource source = flags.source();
      LoadedConfig config = source.load();
      if (flags.checksOnly()) {
        return check(source, config);
      }
      serve(source, config);
      return ExitCode.OK;
    } catch (InvalidConfigException e) {
      return failed(e, ExitCode.USAGE);
    } catch (IOException | UnsupportedOperationException e) {
      return failed(e, ExitCode.SOFTWARE);
    }
  }

  /** Says whether the exporter could start, as far as that depends on the configuration. */
  private int check(ConfigSource source, LoadedConfig config) {
    for (String warning : config.warnings()) {
      err.println("websocket-exporter: warning: " + warning);
    }
    headStart.awaitAll();
    try (TlsClients tls = new TlsClients()) {
      tls.prepare(Exporter.tlsOf(config.config()));
      Protection.of(config.config().web().protection());
    } catch (SSLException e) {
      return failed(e, ExitCode.USAGE);
    }
    out.println(source + " is valid");
    return ExitCode.OK;
  }

  private void serve(ConfigSource source, LoadedConfig wanted) throws IOException {
    headStart.awaitLogging();
    Logging.configure(wanted.config().log());
    Shutdown shutdown = Shutdown.onSignals();
    BuildInfo build = BuildProperties.read();
    OpenFiles files = OpenFiles.read();
    headStart.awaitAll();
    ExporterMetrics metrics = new ExporterMetrics(build);
    LoadedConfig fitting = within(files, wanted);
    ConfigReloader config = new ConfigReloader(source, fitting, metrics);
    reloader.complete(config);
    Exporter exporter = new Exporter(config, build, metrics);
    boolean prepared = false;
    try {
      exporter.start();
      shutdown.listening(exporter, config);
      exporter.prepare();
      config.start(exporter, ConfigReloader.LOOK);
      prepared = true;
    } finally {
      if (!prepared) {
        exporter.close(); // Or its event loops would keep the process alive.
      }
    }
    if (isLess(fitting.config(), wanted.config())) {
      warn(files, wanted.config(), fitting.config());
    }
    exporter.warmUp();
  }

  private static LoadedConfig within(OpenFiles files, LoadedConfig wanted) throws IOException {
    FileBudget budget =
        FileBudget.of(
            files,
            wanted.config().eventLoops(),
            wanted.config().web().maxConnections(),
            wanted.config().probe().maxInFlight(),
            wanted.config().sessions().max());
    return wanted.withLimits(budget.maxConnections(), budget.maxInFlight(), budget.maxSessions());
  }

  /** Whether {@code holds} has less of what {@code wanted} was set to. */
  private static boolean isLess(ExporterConfig holds, ExporterConfig wanted) {
    return holds.web().maxConnections() < wanted.web().maxConnections()
        || holds.probe().maxInFlight() < wanted.probe().maxInFlight()
        || (wanted.sessions().wantedMax() != null
            && holds.sessions().max() < wanted.sessions().max());
  }

  private static void warn(OpenFiles files, ExporterConfig wanted, ExporterConfig holds) {
    LoggerFactory.getLogger(Main.class)
        .atWarn()
        .addKeyValue("max-open-files", files.limit())
        .addKeyValue(
            "max-connections", change(wanted.web().maxConnections(), holds.web().maxConnections()))
        .addKeyValue(
            "max-in-flight", change(wanted.probe().maxInFlight(), holds.probe().maxInFlight()))
        .addKeyValue("max-sessions", change(wanted.sessions().max(), holds.sessions().max()))
        .log("too few file descriptors for the configured limits");
  }

  private static String change(int wanted, int holds) {
    return wanted == holds ? String.valueOf(holds) : wanted + "->" + holds;
  }

  private int failed(Exception e, int exitCode) {
    err.println("websocket-exporter: " + e.getMessage());
    return exitCode;
  }
}
