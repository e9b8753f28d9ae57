package io.github.websocketexporter.integration;

import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Ports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * A proxy that others wrote, as Debian packages it, in a process of its own on a free port of the
 * loopback. Aborts the test that wants one where it is not installed.
 */
final class ProxyProcess implements AutoCloseable {
  static final String USERNAME = "scraper";
  static final String PASSWORD = "s3cret";

  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final Process process;
  private final int port;

  private ProxyProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** The programs. */
  enum Kind {
    /** HTTP CONNECT. */
    TINYPROXY("tinyproxy", "tinyproxy-bin") {
      @Override
      List<String> command(Path directory, int port, boolean guarded) throws IOException {
        String config =
            """
            Port %d
            Listen 127.0.0.1
            Timeout 60
            MaxClients 100
            LogLevel Critical
            """;
        String credentials = "BasicAuth %s %s\n".formatted(USERNAME, PASSWORD);
        Path file =
            Files.writeString(
                directory.resolve("tinyproxy-" + port + ".conf"),
                config.formatted(port) + (guarded ? credentials : ""));
        return List.of("tinyproxy", "-d", "-c", file.toString());
      }
    },
    /** SOCKS 5. */
    MICROSOCKS("microsocks", "microsocks") {
      @Override
      List<String> command(Path directory, int port, boolean guarded) {
        List<String> open = List.of("microsocks", "-i", "127.0.0.1", "-p", Integer.toString(port));
        List<String> credentials = List.of("-u", USERNAME, "-P", PASSWORD);
        return Stream.concat(open.stream(), guarded ? credentials.stream() : Stream.of()).toList();
      }
    };

    private final String program;
    private final String debianPackage;

    Kind(String program, String debianPackage) {
      this.program = program;
      this.debianPackage = debianPackage;
    }

    abstract List<String> command(Path directory, int port, boolean guarded) throws IOException;

    @Override
    public String toString() {
      return program;
    }
  }

  /**
   * Starts a proxy and awaits that it listens.
   *
   * @param directory for its configuration
   * @param guarded whether it lets in only who has the credentials
   */
  static ProxyProcess start(Kind kind, Path directory, boolean guarded) throws IOException {
    try (Socket reserved = Ports.reserved()) {
      return start(kind, directory, reserved.getLocalPort(), guarded);
    }
  }

  private static ProxyProcess start(Kind kind, Path directory, int port, boolean guarded)
      throws IOException {
    Process process;
    try {
      process =
          new ProcessBuilder(kind.command(directory, port, guarded))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return Assumptions.abort(
          "%s is not installed: install %s with apt.".formatted(kind, kind.debianPackage));
    }
    await(kind + " listens")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> listens(port) || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException(kind + " did not start");
    }
    return new ProxyProcess(process, port);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }
}
