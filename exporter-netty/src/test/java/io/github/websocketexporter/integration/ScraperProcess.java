package io.github.websocketexporter.integration;

import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/**
 * A program that scrapes or stores what was scraped, as Debian packages it, in a process of its
 * own. Its output stays in {@code target/scrapers}.
 */
final class ScraperProcess implements AutoCloseable {
  private static final Path OUTPUTS =
      Path.of(System.getProperty("basedir", "."), "target", "scrapers").toAbsolutePath();
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int MANY_LINES = 100;
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final String name;
  private final Process process;
  private final int port;

  private ScraperProcess(String name, Process process, int port) {
    this.name = name;
    this.process = process;
    this.port = port;
  }

  /** Aborts the test that wants these programs where one of them is not installed. */
  static void assumeInstalled() {
    for (String program : List.of("vmagent", "victoria-metrics", "prometheus", "promtool")) {
      boolean tool = program.startsWith("prom");
      Assumptions.assumeTrue(
          isInstalled(program),
          () ->
              "%s is not installed: install %s with apt."
                  .formatted(program, tool ? "prometheus" : "victoria-metrics"));
    }
  }

  /** VictoriaMetrics, which can be asked for a sample as soon as it was written. */
  static ScraperProcess startVictoriaMetrics(Path directory) throws IOException {
    try (Socket port = Ports.reserved()) {
      return start(
          port,
          "/health",
          "victoria-metrics",
          "-httpListenAddr=127.0.0.1:" + port.getLocalPort(),
          "-storageDataPath=" + directory.resolve("victoria-metrics"),
          "-search.latencyOffset=0s",
          "-search.disableCache");
    }
  }

  /** A vmagent that writes to {@code storage} each second. */
  static ScraperProcess startVmagent(Path directory, Path config, ScraperProcess storage)
      throws IOException {
    try (Socket port = Ports.reserved()) {
      return start(
          port,
          "/health",
          "vmagent",
          "-httpListenAddr=127.0.0.1:" + port.getLocalPort(),
          "-promscrape.config=" + config,
          "-remoteWrite.url=" + storage.url("/api/v1/write"),
          "-remoteWrite.tmpDataPath=" + directory.resolve("vmagent"),
          "-remoteWrite.flushInterval=1s");
    }
  }

  /** Prometheus, which is its own storage. */
  static ScraperProcess startPrometheus(Path directory, Path config) throws IOException {
    try (Socket port = Ports.reserved()) {
      return start(
          port,
          "/-/ready",
          "prometheus",
          "--web.listen-address=127.0.0.1:" + port.getLocalPort(),
          "--config.file=" + config,
          "--storage.tsdb.path=" + directory.resolve("prometheus"),
          // Says why a scrape failed.
          "--log.level=debug");
    }
  }

  /** Runs a program to its end, and returns what it printed if it ended well. */
  static String run(String... command) throws IOException, InterruptedException {
    Path output = output("check-" + command[0]);
    Process process = launch(output, command);
    boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
    process.destroyForcibly();
    if (!ended || process.exitValue() != 0) {
      throw new AssertionError(String.join(" ", command) + ":\n" + Files.readString(output));
    }
    return Files.readString(output);
  }

  /**
   * The samples of each series that {@code selector} selects, of the minutes before.
   *
   * @param endMillis the time of the last ones, in unix milliseconds
   */
  List<TimeSeries> query(String selector, long endMillis) {
    String range = ExporterProcess.percentEncoded(selector + "[5m]");
    return TimeSeries.parseAll(
        get("/api/v1/query?query=%s&time=%s".formatted(range, seconds(endMillis))));
  }

  /** The names of all labels. */
  List<String> labelNames() {
    return TimeSeries.parseNames(get("/api/v1/labels"));
  }

  /** All values of a label. */
  List<String> labelValues(String name) {
    return TimeSeries.parseNames(get("/api/v1/label/" + name + "/values"));
  }

  /** The host that each target is scraped at, by the target's instance, once there are so many. */
  Map<String, String> awaitScrapedHosts(int targets) {
    return await()
        .atMost(LIMIT)
        .until(
            () -> TimeSeries.parseScrapedHosts(get("/api/v1/targets")),
            hosts -> hosts.size() == targets);
  }

  /** The end of what it printed. */
  String output() {
    try {
      List<String> lines = Files.readAllLines(output(name));
      List<String> last = lines.subList(Math.max(0, lines.size() - MANY_LINES), lines.size());
      return name + ":\n" + String.join("\n", last);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ScraperProcess start(Socket reserved, String health, String... command)
      throws IOException {
    String name = command[0];
    ScraperProcess started =
        new ScraperProcess(name, launch(output(name), command), reserved.getLocalPort());
    try {
      await()
          .atMost(LIMIT)
          .ignoreExceptions()
          .until(() -> !started.process.isAlive() || started.send(health).statusCode() == 200);
      if (started.process.isAlive()) {
        return started;
      }
      throw new IllegalStateException("it ended");
    } catch (RuntimeException e) {
      started.close();
      throw new IllegalStateException("did not start: " + started.output(), e);
    }
  }

  private static Process launch(Path output, String... command) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  private static Path output(String name) throws IOException {
    return Files.createDirectories(OUTPUTS).resolve(name + ".log");
  }

  /** Whether {@code program} can be run by its name. */
  static boolean isInstalled(String program) {
    for (String directory : System.getenv("PATH").split(":")) {
      if (Files.isExecutable(Path.of(directory, program))) {
        return true;
      }
    }
    return false;
  }

  private String get(String pathAndQuery) {
    try {
      HttpResponse<String> response = send(pathAndQuery);
      if (response.statusCode() != 200) {
        throw new AssertionError(name + ", " + pathAndQuery + ": " + response.body());
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(output(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<String> send(String pathAndQuery) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url(pathAndQuery))).timeout(LIMIT).build();
    return HTTP.send(request, BodyHandlers.ofString());
  }

  private String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%d.%03d", millis / 1_000, millis % 1_000);
  }
}
