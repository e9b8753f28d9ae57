package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The target in a process of its own, and what it writes down. */
public final class RunningTarget implements AutoCloseable {
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-Xms192m",
          "-Xmx192m",
          "-Xmn96m",
          "-XX:+UseSerialGC",
          "-Dio.netty.leakDetection.level=disabled");
  private static final Pattern PORT =
      Pattern.compile("^" + Target.PORT + "(\\d+)$", Pattern.MULTILINE);
  private static final Pattern NO_STAMPS =
      Pattern.compile("^" + Target.NO_STAMPS + "(.*)$", Pattern.MULTILINE);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private final Child child;
  private final Path truthFile;
  private final Truth truth;
  private final int port;
  private final boolean secure;

  private RunningTarget(Child child, Path truthFile, int port, boolean secure) throws IOException {
    this.child = child;
    this.truthFile = truthFile;
    this.truth = Truth.map(truthFile);
    this.port = port;
    this.secure = secure;
  }

  /**
   * Starts one that answers PINGs at once, anywhere on this machine, over TLS or not.
   *
   * @param directory for its log and its files
   * @throws IOException if it does not start, with what it said
   */
  public static RunningTarget start(Path directory, boolean secure) throws IOException {
    Credentials credentials = secure ? Credentials.in(directory) : null;
    List<String> arguments = new ArrayList<>();
    if (credentials != null) {
      arguments.add(credentials.chainPem().toString());
      arguments.add(credentials.keyPem().toString());
    }
    return launch(directory, Duration.ZERO, arguments, command -> command);
  }

  /** Puts a command on a core. */
  interface Placement {
    List<String> of(List<String> command);
  }

  /**
   * Starts one.
   *
   * @param delay from the arrival of a PING to its PONG
   * @param tls the files of its certificate and key; none for plain TCP
   */
  static RunningTarget launch(Path directory, Duration delay, List<String> tls, Placement placement)
      throws IOException {
    Path truthFile =
        Files.isWritable(SHARED_MEMORY)
            ? Files.createTempFile(SHARED_MEMORY, "fan-out", ".truth")
            : Files.createTempFile("fan-out", ".truth");
    List<String> arguments = new ArrayList<>(List.of(truthFile.toString(), delay.toString()));
    arguments.addAll(tls);
    Child child =
        Child.start(
            placement.of(Child.java(Target.class.getName(), JVM_OPTIONS, arguments)),
            directory.resolve("target.log"));
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (child.isAlive() && System.nanoTime() < limit) {
      Matcher line = PORT.matcher(child.output());
      if (line.find()) {
        int port = Integer.parseInt(line.group(1));
        return new RunningTarget(child, truthFile, port, !tls.isEmpty());
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    child.close();
    Files.deleteIfExists(truthFile);
    throw new IOException("the target did not start. It said: " + child.output().strip());
  }

  /** The port, on each of its addresses. */
  public int port() {
    return port;
  }

  /** Where probe {@code number} goes. */
  public String url(int number) {
    return scheme() + "://127.0.0.1:" + port + "/" + number;
  }

  String scheme() {
    return secure ? "wss" : "ws";
  }

  Truth truth() {
    return truth;
  }

  /** Why the kernel does not stamp what it receives; empty if it does. */
  String whyUnstamped() throws IOException {
    Matcher line = NO_STAMPS.matcher(child.output());
    return line.find() ? line.group(1) : "";
  }

  @Override
  public void close() throws IOException {
    child.close();
    Files.deleteIfExists(truthFile);
  }
}
