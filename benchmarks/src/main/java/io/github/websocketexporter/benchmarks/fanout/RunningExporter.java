package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;

/** An exporter in a process of its own. */
final class RunningExporter implements Load.Scraped, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Subject subject;
  private final Child child;
  private final int port;

  private RunningExporter(Subject subject, Child child, int port) {
    this.subject = subject;
    this.child = child;
    this.port = port;
  }

  /**
   * Starts {@code subject} and awaits that it listens.
   *
   * @param directory for its log and what else it needs
   * @throws IOException if it does not, with what it said
   */
  static RunningExporter start(Subject subject, Subject.Setup setup, Cores cores, Path directory)
      throws IOException {
    var command = subject.command(directory, setup);
    Child child =
        Child.start(
            setup.anyCore() ? cores.anywhere(command) : cores.forExporter(command),
            directory.resolve("exporter.log"));
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (child.isAlive() && System.nanoTime() < limit) {
      Matcher line = subject.listening().matcher(child.output());
      if (line.find()) {
        return new RunningExporter(subject, child, Integer.parseInt(line.group(1)));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    child.close();
    throw new IOException(subject.name() + " did not listen. It said: " + child.output().strip());
  }

  /**
   * Awaits that it is ready.
   *
   * @throws IOException if it is not in time
   */
  void awaitReady() throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + subject.readyPath()))
            .timeout(LIMIT)
            .build();
    long limit = System.nanoTime() + LIMIT.toNanos();
    try {
      while (HTTP.send(request, BodyHandlers.discarding()).statusCode() != 200) {
        if (System.nanoTime() > limit) {
          throw new IOException(subject.name() + " is not ready after " + LIMIT);
        }
        LockSupport.parkNanos(POLL_NANOS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public String query() {
    return subject.query();
  }

  @Override
  public double cpuSeconds() {
    return child.cpuSeconds();
  }

  double residentMegabytes() throws IOException {
    return child.residentMegabytes();
  }

  double peakMegabytes() throws IOException {
    return child.peakMegabytes();
  }

  /** How much of its heap is in use after a full collection; it is of this project, then. */
  long liveHeapBytes() throws IOException {
    return child.liveHeapBytes();
  }

  @Override
  public void close() {
    child.close();
  }
}
