package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.http.LiveConfig;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the configuration in force, and puts a newer one in its place: all of it or nothing. That
 * is done by one thread of its own, one time after the other: when it is asked to, when the file
 * has changed if that is watched, and when a file has changed that values are read from, such as a
 * token, which is always watched.
 */
final class ConfigReloader implements LiveConfig, AutoCloseable {
  /** How often the files are looked at that values are read from. */
  static final Duration LOOK = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(ConfigReloader.class);

  /** What can be read anew. */
  private enum Part {
    /** The text, and then the files that it names. */
    TEXT,
    /** These files only, with the text as it was. */
    FILES
  }

  private final ConfigSource source;
  private final ExporterMetrics metrics;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("config", true));
  private final CompletableFuture<Exporter> exporter = new CompletableFuture<>();
  private final AtomicReference<@Nullable CompletableFuture<Optional<String>>> waiting =
      new AtomicReference<>();
  private volatile LoadedConfig current;

  // What follows is confined to the thread.
  private final Map<Part, String> failures = new EnumMap<>(Part.class);
  private @Nullable ScheduledFuture<?> watch;

  /**
   * Begins with a configuration that was just read.
   *
   * @param current what of it is in force
   */
  ConfigReloader(ConfigSource source, LoadedConfig current, ExporterMetrics metrics) {
    this.source = source;
    this.current = current;
    this.metrics = metrics;
    metrics.configLoaded(Instant.now());
  }

  /**
   * Begins to watch, and does what it was asked for before.
   *
   * @param prepared probes by what is in force
   * @param look how often the files are looked at that values are read from
   */
  void start(Exporter prepared, Duration look) {
    current.warnings().forEach(LOG::warn);
    exporter.complete(prepared);
    thread.execute(this::watchText);
    thread.scheduleWithFixedDelay(
        this::lookAtFiles, look.toNanos(), look.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public LoadedConfig current() {
    return current;
  }

  /** Whoever asks while another waits for its turn waits with it. */
  @Override
  public CompletableFuture<Optional<String>> reload() {
    CompletableFuture<Optional<String>> mine = new CompletableFuture<>();
    CompletableFuture<Optional<String>> other = waiting.compareAndExchange(null, mine);
    if (other != null) {
      return other;
    }
    try {
      thread.execute(
          () -> {
            waiting.set(null);
            failures.remove(Part.TEXT); // So that it is logged, also where it is the same again.
            mine.complete(attempt(Part.TEXT, () -> true));
          });
    } catch (RejectedExecutionException e) {
      mine.complete(Optional.of("The exporter stops."));
    }
    return mine;
  }

  private void watchText() {
    if (watch != null) {
      watch.cancel(false);
    }
    long nanos = current.config().autoReloadInterval().toNanos();
    watch =
        nanos == 0
            ? null
            : thread.scheduleWithFixedDelay(this::lookAtText, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private void lookAtText() {
    attempt(Part.TEXT, () -> failures.containsKey(Part.TEXT) || current.textHasChanged());
    lookAtFiles();
  }

  private void lookAtFiles() {
    attempt(Part.FILES, () -> failures.containsKey(Part.FILES) || current.filesHaveChanged());
  }

  /** Reads {@code part} anew and puts it in force where that is due, or says why it cannot. */
  private Optional<String> attempt(Part part, BooleanSupplier due) {
    try {
      if (due.getAsBoolean()) {
        putInForce(part, part == Part.TEXT ? source.load() : source.load(current.parsed()));
      }
      return Optional.empty();
    } catch (InvalidConfigException | IOException e) {
      return Optional.of(failed(part, String.valueOf(e.getMessage()), null));
    } catch (InterruptedException | RejectedExecutionException e) {
      return Optional.of("The exporter stops.");
    } catch (RuntimeException | Error | ExecutionException e) {
      return Optional.of(failed(part, "The exporter met a bug.", e));
    }
  }

  private void putInForce(Part part, LoadedConfig read)
      throws IOException, InterruptedException, ExecutionException {
    LoadedConfig before = current;
    LoadedConfig next = read.over(before);
    Exporter running = exporter.get();
    Runnable inForce = running.prepareFor(next.config());
    current = next;
    inForce.run();
    follow(before.config(), next.config());
    if (part == Part.TEXT) {
      failures.clear();
    } else {
      failures.remove(Part.FILES);
    }
    if (failures.isEmpty()) {
      metrics.configLoaded(Instant.now());
    }
    tell(part, read, before);
  }

  /** Does what is this class's own affair. */
  private void follow(ExporterConfig before, ExporterConfig next) {
    if (!next.log().equals(before.log())) {
      Logging.configure(next.log());
    }
    if (!next.autoReloadInterval().equals(before.autoReloadInterval())) {
      watchText();
    }
  }

  private void tell(Part part, LoadedConfig read, LoadedConfig before) {
    if (part == Part.FILES) {
      LOG.atInfo().addKeyValue("files", read.files().size()).log("files of the configuration read");
      return;
    }
    LOG.atInfo()
        .addKeyValue("from", source)
        .addKeyValue("modules", read.config().modules().size())
        .log("configuration reloaded");
    List<String> atStart = read.needingRestart(before);
    if (!atStart.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("keys", String.join(",", atStart))
          .log("changes that need a restart were left out");
    }
    read.warnings().forEach(LOG::warn);
  }

  /** Leaves all as it is. What was logged already is not logged again at each look. */
  private String failed(Part part, String why, @Nullable Throwable bug) {
    metrics.configFailed();
    if (!why.equals(failures.put(part, why))) {
      LOG.atError()
          .addKeyValue("error", why)
          .setCause(bug)
          .log("configuration not reloaded: the one before stays in force");
    }
    return why;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
