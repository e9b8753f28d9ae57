package io.github.websocketexporter.integration;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A WebSocket server that others wrote, in a process of its own: a script of {@code src/test/peers}
 * that says how it is called. Aborts the test that wants one where it is not installed.
 */
public final class PeerProcess implements AutoCloseable {
  private static final Path SCRIPTS =
      Path.of(System.getProperty("basedir", "."), "src/test/peers").toAbsolutePath();
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String IS_CPYTHON_27 =
      "import platform as p; assert p.python_implementation() == 'CPython';"
          + "assert p.python_version().startswith('2.7.')";

  private final Process process;
  private final Path stdout;
  private final int port;

  private PeerProcess(Process process, Path stdout, int port) {
    this.process = process;
    this.stdout = stdout;
    this.port = port;
  }

  /** The libraries that speak WebSocket to us. */
  public enum Kind {
    NODE_WS("Node's ws", "run 'npm ci' in exporter-netty/src/test/peers") {
      @Override
      List<String> command() throws IOException, InterruptedException {
        return runs("node", "-e", "require('ws')") ? List.of("node", "ws-server.js") : List.of();
      }
    },
    PYTHON_WEBSOCKETS(
        "Python's websockets", "install python3-websockets with apt, or websockets with pip") {
      @Override
      List<String> command() throws IOException, InterruptedException {
        for (String python : List.of("python3", "/usr/bin/python3")) {
          if (runs(python, "-c", "import websockets")) {
            return List.of(python, "websockets-server.py");
          }
        }
        return List.of();
      }
    };

    private final String library;
    private final String remedy;

    Kind(String library, String remedy) {
      this.library = library;
      this.remedy = remedy;
    }

    /** How to start the script; empty where it would not run. */
    abstract List<String> command() throws IOException, InterruptedException;

    @Override
    public String toString() {
      return library;
    }
  }

  /** Starts a server and awaits that it listens. */
  public static PeerProcess start(Kind kind, List<String> options)
      throws IOException, InterruptedException {
    return start(kind.library, kind.remedy, kind.command(), options);
  }

  /** Starts a server of a protocol that {@code protocol-server.js} knows, and awaits it. */
  public static PeerProcess startProtocol(String protocol)
      throws IOException, InterruptedException {
    return start(
        "Node's library of " + protocol,
        Kind.NODE_WS.remedy,
        runs("node", "-e", "['aedes', 'graphql-ws', 'socket.io'].forEach(require)")
            ? List.of("node", "protocol-server.js")
            : List.of(),
        List.of(protocol));
  }

  /** Starts the fuzzing server of the Autobahn test suite and awaits that it listens. */
  public static PeerProcess startAutobahn(Path suite, Path reports)
      throws IOException, InterruptedException {
    return start(
        "CPython 2.7, which the Autobahn test suite needs,",
        "put a python2.7 on the PATH",
        autobahnCommand(),
        List.of(suite.toString(), reports.toString()));
  }

  private static List<String> autobahnCommand() throws IOException, InterruptedException {
    for (String python : pythons27()) {
      if (runs(python, "-c", IS_CPYTHON_27)) {
        return List.of(python, "autobahn-fuzzer.py");
      }
    }
    return List.of();
  }

  /** Those of pyenv too: its command on the PATH does not run while the version is off. */
  private static List<String> pythons27() throws IOException {
    List<String> pythons = new ArrayList<>(List.of("python2.7", "python2"));
    String home = System.getProperty("user.home");
    Path versions =
        Path.of(System.getenv().getOrDefault("PYENV_ROOT", home + "/.pyenv"), "versions");
    if (Files.isDirectory(versions)) {
      try (Stream<Path> found = Files.list(versions)) {
        found.map(version -> version.resolve("bin/python2.7").toString()).forEach(pythons::add);
      }
    }
    return pythons;
  }

  private static PeerProcess start(
      String library, String remedy, List<String> interpreter, List<String> options)
      throws IOException, InterruptedException {
    Assumptions.assumeFalse(
        interpreter.isEmpty(), () -> library + " is not installed: " + remedy + ".");
    List<String> command = new ArrayList<>(interpreter);
    command.addAll(options);
    return start(library, command);
  }

  /** Starts a server that is made with Python alone. */
  public static PeerProcess startPython(String script) throws IOException, InterruptedException {
    Assumptions.assumeTrue(runs("python3", "--version"), "There is no python3.");
    return start(script, List.of("python3", script));
  }

  private static PeerProcess start(String name, List<String> command) throws IOException {
    Path stdout = Files.createTempFile("peer", ".stdout");
    Path stderr = Files.createTempFile("peer", ".stderr");
    Process process =
        new ProcessBuilder(command)
            .directory(SCRIPTS.toFile())
            .redirectOutput(stdout.toFile())
            .redirectError(stderr.toFile())
            .start();
    try {
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> Files.readString(stdout).endsWith("\n") || !process.isAlive());
      return new PeerProcess(process, stdout, Integer.parseInt(Files.readString(stdout).strip()));
    } catch (RuntimeException e) {
      process.destroyForcibly();
      throw new IllegalStateException(name + " did not start: " + Files.readString(stderr), e);
    } finally {
      Files.delete(stderr);
    }
  }

  public int port() {
    return port;
  }

  /** The lines that it has printed behind its port. */
  public List<String> lines() {
    try {
      return Files.readString(stdout).lines().skip(1).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Stops it by a signal: it holds its connections and does nothing any more. */
  public void sigstop() {
    ProcessSignals.stop(process);
  }

  /** Has it go on. */
  public void sigcont() {
    ProcessSignals.send(process, "CONT");
  }

  /** Asks it to go away, and awaits that it has. */
  public void goAway() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("it goes on");
    }
  }

  /** Kills it, and awaits that its port is free. */
  @Override
  public void close() throws IOException {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.delete(stdout);
  }

  private static boolean runs(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(SCRIPTS.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return false;
    }
    boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    return ended && process.exitValue() == 0;
  }
}
