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
import org.jspecify.annotations.Nullable;

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
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final Path SHARED_MEMORY = Path.of("/dev/shm");

  private final Child child;
  private final Truth truth;
  private final int port;
  private final @Nullable Credentials credentials;

  private RunningTarget(Child child, Truth truth, int port, @Nullable Credentials credentials) {
    this.child = child;
    this.truth = truth;
    this.port = port;
    this.credentials = credentials;
  }

  /**
   * Starts one that answers PINGs at once, anywhere on this machine, over TLS or not.
   *
   * @param directory for its log and its files
   * @throws IOException if it does not start, with what it said
   */
  public static RunningTarget start(Path directory, boolean secure) throws IOException {
    return launch(
        directory, Duration.ZERO, secure ? Credentials.in(directory) : null, command -> command);
  }

  /** Puts a command on a core. */
  interface Placement {
    List<String> of(List<String> command);
  }

  /**
   * Starts one.
   *
   * @param delay from the arrival of a PING to its PONG
   * @param credentials its certificate and key; null for plain TCP
   */
  static RunningTarget launch(
      Path directory, Duration delay, @Nullable Credentials credentials, Placement placement)
      throws IOException {
    Path truthFile =
        Files.isWritable(SHARED_MEMORY)
            ? Files.createTempFile(SHARED_MEMORY, "fan-out", ".truth")
            : Files.createTempFile("fan-out", ".truth");
    List<String> arguments = new ArrayList<>(List.of(truthFile.toString(), delay.toString()));
    if (credentials != null) {
      arguments.add(credentials.chainPem().toString());
      arguments.add(credentials.keyPem().toString());
    }
    Child child =
        Child.start(
            placement.of(Child.java(Target.class.getName(), JVM_OPTIONS, arguments)),
            directory.resolve("target.log"));
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (child.isAlive() && System.nanoTime() < limit) {
      Matcher line = PORT.matcher(child.output());
      if (line.find()) {
        int port = Integer.parseInt(line.group(1));
        Truth truth = Truth.map(truthFile);
        Files.delete(truthFile); // Both have it: it goes with them, whatever ends them.
        return new RunningTarget(child, truth, port, credentials);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
    child.close();
    Files.deleteIfExists(truthFile);
    throw new IOException("the target did not start. It said: " + child.output().strip());
  }

  /** Makes TLS clients that this JVM makes from now on trust it, and nobody else. */
  public void trustInThisJvm() {
    if (credentials != null) {
      credentials.trustInThisJvm();
    }
  }

  /** The port, on each of its addresses. */
  int port() {
    return port;
  }

  /** Where probe {@code number} goes. */
  public String url(int number) {
    return scheme() + "://127.0.0.1:" + port + "/" + number;
  }

  String scheme() {
    return credentials != null ? "wss" : "ws";
  }

  long pid() {
    return child.pid();
  }

  Truth truth() {
    return truth;
  }

  @Override
  public void close() {
    child.close();
  }
}
