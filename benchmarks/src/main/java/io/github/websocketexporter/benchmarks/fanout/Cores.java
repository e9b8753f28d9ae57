package io.github.websocketexporter.benchmarks.fanout;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Which core a process runs on, by {@code taskset} of util-linux where that is there: the exporter
 * on the first one, target and load on the second one or, to measure what a probe costs, on the
 * first one as well.
 */
final class Cores {
  private static final String EXPORTER = "0";

  private final boolean pinned;
  private final boolean two;

  private Cores(boolean pinned, boolean two) {
    this.pinned = pinned;
    this.two = two;
  }

  static Cores ofThisMachine() {
    boolean taskset =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "taskset")));
    return new Cores(taskset, Runtime.getRuntime().availableProcessors() > 1);
  }

  /** The command that runs {@code command} where the exporter belongs. */
  List<String> forExporter(List<String> command) {
    return on(EXPORTER, command);
  }

  /** The command that runs {@code command} on either core. */
  List<String> anywhere(List<String> command) {
    return two ? on("0,1", command) : forExporter(command);
  }

  /** The command that runs {@code command}, a target, away from the exporter. */
  List<String> forTarget(List<String> command) {
    return on(apart(), command);
  }

  /** Moves the threads of a process away from the exporter. */
  void moveApart(long pid) throws IOException {
    move(pid, apart());
  }

  /** Moves the threads of a process to the core of the exporter. */
  void moveBesideExporter(long pid) throws IOException {
    move(pid, EXPORTER);
  }

  private void move(long pid, String cores) throws IOException {
    if (!pinned) {
      return;
    }
    Process taskset =
        new ProcessBuilder("taskset", "-a", "-p", "-c", cores, Long.toString(pid))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      taskset.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String apart() {
    return two ? "1" : EXPORTER;
  }

  private List<String> on(String cores, List<String> command) {
    if (!pinned) {
      return command;
    }
    List<String> all = new ArrayList<>(List.of("taskset", "-c", cores));
    all.addAll(command);
    return all;
  }

  /** In a sentence. */
  @Override
  public String toString() {
    if (!pinned) {
      return "taskset is not there: processes run on any core, and figures vary more";
    }
    return two
        ? "exporter on core 0; target and load on core 1, where CPU is measured on core 0"
        : "everything on core 0";
  }
}
