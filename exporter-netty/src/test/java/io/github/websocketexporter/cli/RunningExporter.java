package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The whole exporter, in this process, on a port that the system picked. */
public final class RunningExporter implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(20);

  private final ConfigReloader config;
  private final Exporter exporter;
  private final int port;

  private RunningExporter(ConfigReloader config, Exporter exporter, int port) {
    this.config = config;
    this.exporter = exporter;
    this.port = port;
  }

  /** Starts one with settings such as {@code probe.max-in-flight=1}. */
  public static RunningExporter with(String... settings)
      throws IOException, InvalidConfigException {
    return of(null, settings);
  }

  /**
   * Starts one with a configuration file, and with settings that win over it.
   *
   * @param file null for none
   */
  static RunningExporter of(@Nullable Path file, String... settings)
      throws IOException, InvalidConfigException {
    ConfigLoader.Flags flags =
        new ConfigLoader.Flags()
            .set("test", "web.listen-addresses", List.of("127.0.0.1:0"))
            .set("test", "warm-up", "0s")
            .set("test", "web.shutdown-delay", "0s");
    for (String setting : settings) {
      String[] parts = setting.split("=", 2);
      flags.set("test", parts[0], parts[1]);
    }
    BuildInfo build = new BuildInfo("1.2.3", "abcdef");
    ExporterMetrics metrics = new ExporterMetrics(build);
    ConfigSource source = new ConfigSource(file, flags);
    ConfigReloader config = new ConfigReloader(source, source.load(), metrics);
    Exporter exporter = new Exporter(config, build, metrics);
    InetSocketAddress address = exporter.start().get(0);
    exporter.prepare();
    config.start(exporter, LOOK);
    exporter.warmUp();
    return new RunningExporter(config, exporter, address.getPort());
  }

  ConfigReloader config() {
    return config;
  }

  Exporter exporter() {
    return exporter;
  }

  public int port() {
    return port;
  }

  /** The exporter's own WebSocket, as a target. */
  String ownWebSocket() {
    return "ws://127.0.0.1:" + port + "/-/websocket";
  }

  RawClient connect() throws IOException {
    return new RawClient(port);
  }

  /** The answer to one GET on a connection of its own. */
  RawClient.Answer get(String path, String... headers) throws IOException {
    try (RawClient client = connect()) {
      return client.sendGet(path, headers).read();
    }
  }

  /** The value of one of the exporter's own metrics; not a number if it has none. */
  double metric(String sample) throws IOException {
    return value(get("/metrics").body(), sample);
  }

  static double value(String exposition, String sample) {
    return exposition
        .lines()
        .filter(line -> line.startsWith(sample + " "))
        .map(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** The names of the metrics that have a sample. */
  public static Set<String> names(String exposition) {
    assertThat(exposition).endsWith("\n");
    return Arrays.stream(exposition.split("\n"))
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split("[ {]", 2)[0])
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    config.close();
    exporter.close();
  }
}
