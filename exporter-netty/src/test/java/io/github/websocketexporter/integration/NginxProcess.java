package io.github.websocketexporter.integration;

import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Ports;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/**
 * An nginx that passes WebSockets on to a server behind it. Aborts the test that wants one where it
 * is not installed.
 */
public final class NginxProcess implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private static final String CONFIG =
      """
      daemon off;
      master_process off;
      pid nginx.pid;
      error_log stderr;
      events {}
      http {
        access_log off;
        client_body_temp_path body;
        proxy_temp_path proxy;
        fastcgi_temp_path fastcgi;
        uwsgi_temp_path uwsgi;
        scgi_temp_path scgi;
        server {
          listen 127.0.0.1:%d%s;
          location / {
            proxy_pass http://127.0.0.1:%d;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection upgrade;
          }
        }
      }
      """;

  private final Process process;
  private final int port;

  private NginxProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /**
   * Starts an nginx and awaits that it listens.
   *
   * @param directory for its files, where relative names in its directives begin
   * @param listen what follows the address in the {@code listen} directive of its server, and
   *     further directives, such as {@code " ssl; ssl_certificate chain.pem"}
   * @param behind the port of the server that it passes WebSockets on to
   */
  public static NginxProcess start(Path directory, String listen, int behind) throws IOException {
    String nginx =
        Stream.concat(
                Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
            .map(folder -> Path.of(folder, "nginx"))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(nginx != null, "nginx is not installed: install nginx-light with apt.");
    try (Socket reserved = Ports.reserved()) {
      return start(nginx, directory, listen, reserved.getLocalPort(), behind);
    }
  }

  private static NginxProcess start(
      String nginx, Path directory, String listen, int port, int behind) throws IOException {
    Path config =
        Files.writeString(directory.resolve("nginx.conf"), CONFIG.formatted(port, listen, behind));
    Process process =
        new ProcessBuilder(List.of(nginx, "-p", directory.toString(), "-c", config.toString()))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("nginx.log").toFile())
            .start();
    NginxProcess started = new NginxProcess(process, port);
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> started.listens() || !process.isAlive());
    if (!process.isAlive()) {
      throw new IllegalStateException(Files.readString(directory.resolve("nginx.log")));
    }
    return started;
  }

  public int port() {
    return port;
  }

  private boolean listens() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
