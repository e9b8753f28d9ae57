package io.github.websocketexporter.cli;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How signals end the process. The first drains the exporter, if one listens by then, and exits
 * with 0: a signal that asks for an orderly stop is no failure. The second ends it at once with 1.
 */
final class Shutdown {
  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private final AtomicBoolean asked = new AtomicBoolean();
  private volatile @Nullable Exporter listening;
  private volatile @Nullable ConfigReloader config;

  private Shutdown() {}

  /**
   * Handles signals from now on. SIGTERM comes from whoever tells the scrapers too, and they need
   * time to hear of it; SIGINT from a person at a terminal.
   */
  static Shutdown onSignals() {
    Shutdown shutdown = new Shutdown();
    if (!Signals.handle("TERM", () -> shutdown.ask(Exporter::drain))) {
      LOG.info("signals are not handled: each ends the process at once");
    }
    Signals.handle("INT", () -> shutdown.ask(Exporter::drainWithoutDelay));
    return shutdown;
  }

  /**
   * Notes that {@code exporter} listens: from now on there is something to drain.
   *
   * @param config is closed before that
   */
  void listening(Exporter exporter, ConfigReloader config) {
    this.config = config;
    listening = exporter;
  }

  private void ask(Consumer<Exporter> drain) {
    if (asked.compareAndSet(false, true)) {
      stop(drain);
    } else {
      stopAtOnce();
    }
  }

  private void stop(Consumer<Exporter> drain) {
    int exitCode = ExitCode.SOFTWARE;
    try {
      Exporter exporter = listening;
      if (exporter != null) {
        requireNonNull(config).close();
        drain.accept(exporter);
      }
      exitCode = ExitCode.OK;
    } catch (RuntimeException e) {
      LOG.atError().setCause(e).log("the drain met a bug");
    } finally {
      Logging.stop();
      System.exit(exitCode);
    }
  }

  /** Halts, for the exit of the first signal may be going on, and another would wait for it. */
  private static void stopAtOnce() {
    LOG.warn("stopped at once by a second signal");
    Logging.stop();
    Runtime.getRuntime().halt(ExitCode.SOFTWARE);
  }
}
