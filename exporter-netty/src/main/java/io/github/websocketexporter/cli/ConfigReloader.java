package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.config.ReadFile;
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
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

  private static final Optional<String> STOPS = Optional.of("The exporter stops.");

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

  /** The files of a text that changed, as the last look saw them; empty where it saw no change. */
  private List<ReadFile> seen = List.of();

  /** What is done with a part, and may fail. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws Exception;
  }

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
    repeat(Part.FILES, this::lookAtFiles, look);
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
            mine.complete(attempt(Part.TEXT, this::load));
          });
    } catch (RejectedExecutionException e) {
      mine.complete(STOPS);
    }
    return mine;
  }

  private void load() throws Exception {
    putInForce(Part.TEXT, source.load());
    watchText();
  }

  private void watchText() {
    if (watch != null) {
      watch.cancel(false);
    }
    Duration interval = current.config().autoReloadInterval();
    watch = interval.isZero() ? null : repeat(Part.TEXT, this::lookAtText, interval);
  }

  private ScheduledFuture<?> repeat(Part part, Attempt look, Duration interval) {
    long nanos = interval.toNanos();
    return thread.scheduleWithFixedDelay(
        () -> attempt(part, look), nanos, nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * What is being written may be valid as far as it goes. So two looks in a row must see the same,
   * and no look ends the watch, by which the rest is found.
   */
  private void lookAtText() throws Exception {
    List<ReadFile> before = seen;
    seen = List.of();
    if (failures.containsKey(Part.TEXT) || current.textHasChanged()) {
      LoadedConfig newest = source.load();
      seen = newest.parsed().files();
      if (seen.equals(before)) {
        putInForce(Part.TEXT, newest);
        if (!current.config().autoReloadInterval().isZero()) {
          watchText();
        }
      }
    }
  }

  private void lookAtFiles() throws Exception {
    if (failures.containsKey(Part.FILES) || current.filesHaveChanged()) {
      putInForce(Part.FILES, source.load(current.parsed()));
    }
  }

  /** Ends with a sentence that says why it failed, if it did. */
  private Optional<String> attempt(Part part, Attempt attempt) {
    try {
      attempt.run();
      return Optional.empty();
    } catch (InvalidConfigException | IOException e) {
      return Optional.of(failed(part, String.valueOf(e.getMessage()), null));
    } catch (InterruptedException | RejectedExecutionException e) {
      return STOPS;
    } catch (Exception | Error e) {
      return Optional.of(failed(part, "The exporter met a bug.", e));
    }
  }

  private void putInForce(Part part, LoadedConfig read) throws Exception {
    LoadedConfig before = current;
    LoadedConfig next = read.over(before);
    Exporter running = exporter.get();
    Runnable inForce = running.prepareFor(next.config());
    current = next;
    inForce.run();
    if (!next.config().log().equals(before.config().log())) {
      Logging.configure(next.config().log());
    }
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

  /** From now on nothing is put in force; who waits for it hears that. */
  @Override
  public void close() {
    thread.shutdownNow();
    CompletableFuture<Optional<String>> last = waiting.get();
    if (last != null) {
      last.complete(STOPS);
    }
  }
}
