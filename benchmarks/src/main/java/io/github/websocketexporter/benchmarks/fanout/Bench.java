package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What all scenarios use: where things run, how long they may take, files that go in the end. */
final class Bench implements AutoCloseable {
  private static final String OPEN_FILES = "Max open files";

  private final Cores cores = Cores.ofThisMachine();
  private final Path directory;
  private final Credentials credentials;
  private final Duration limit;
  private final double size;

  /**
   * A bench with a directory of its own.
   *
   * @param limit how long one piece of work may take
   * @param size what the numbers of probes are multiplied by: less than 1 for a quick look
   */
  Bench(Duration limit, double size) throws IOException {
    this.limit = limit;
    this.size = size;
    directory = Files.createTempDirectory("fan-out");
    Runtime.getRuntime().addShutdownHook(new Thread(this::deleteQuietly));
    credentials = Credentials.in(directory);
  }

  /** Starts a target that answers after {@code delay}, and puts it and the load on their core. */
  RunningTarget target(boolean secure, Duration delay) throws IOException {
    cores.moveApart(ProcessHandle.current().pid());
    return RunningTarget.launch(directory, delay, secure ? credentials : null, cores::forTarget);
  }

  /** Moves target and load to the exporter's core. */
  void moveToOneCore(RunningTarget target) throws IOException {
    cores.moveBesideExporter(target.pid());
    cores.moveBesideExporter(ProcessHandle.current().pid());
  }

  /** Starts {@code subject} and awaits that it listens. */
  RunningExporter exporter(Subject subject, Subject.Setup setup) throws IOException {
    List<String> options = new ArrayList<>(setup.jvmOptions());
    options.addAll(credentials.trustOptions());
    return RunningExporter.start(subject, setup.withJvmOptions(options), cores, directory);
  }

  /** What scrapes {@code exporter} about {@code target}. */
  Load load(RunningExporter exporter, RunningTarget target) {
    return new Load(exporter, target.scheme(), target.port(), target.truth(), limit);
  }

  /** So many probes, or fewer for a quick look, but never fewer than some. */
  int probes(int count) {
    return Math.max(Math.min(count, 200), (int) (count * size));
  }

  /** Probes as many that the code is compiled that will be measured: {@code full} at most. */
  void warm(Load load, int inFlight, int full) throws IOException {
    load.run(new Work(inFlight, probes(full), 0, 0, 0, Target.ADDRESSES));
  }

  /** How many files a process may have open here; a JVM takes the hard limit. */
  static int openFiles() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/limits"))) {
      if (line.startsWith(OPEN_FILES)) {
        String hard = line.substring(OPEN_FILES.length()).strip().split(" +")[1];
        return hard.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(hard);
      }
    }
    return Integer.MAX_VALUE;
  }

  /** What runs where, in a sentence. */
  Cores cores() {
    return cores;
  }

  /** At the end of a JVM there is nobody left to tell. */
  private void deleteQuietly() {
    try {
      close();
    } catch (IOException e) {
      System.err.println("could not delete " + directory + ": " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
