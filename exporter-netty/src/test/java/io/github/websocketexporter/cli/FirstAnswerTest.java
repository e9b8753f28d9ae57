package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.testing.Pause;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an exporter that listens answers before it is prepared. */
class FirstAnswerTest {
  private static final Duration HELD = Duration.ofMillis(500);

  private Exporter exporter;
  private int port;

  @BeforeEach
  void start() throws Exception {
    ConfigLoader.Flags flags =
        new ConfigLoader.Flags().set("test", "web.listen-addresses", List.of("127.0.0.1:0"));
    BuildInfo build = new BuildInfo("1.2.3", "abcdef");
    exporter = new Exporter(ConfigLoader.load(null, flags), build, new ExporterMetrics(build));
    port = exporter.start().get(0).getPort();
  }

  @AfterEach
  void stop() {
    exporter.close();
  }

  private String probe(String host) {
    return "/probe?target=ws://" + host + ":" + port + "/-/websocket";
  }

  private RawClient.Answer get(String path) throws IOException {
    try (RawClient client = new RawClient(port)) {
      return client.sendGet(path).read();
    }
  }

  @Test
  void aProbeOfALiteralAddressIsAnswered() throws Exception {
    assertThat(get(probe("127.0.0.1")).body()).contains("probe_success 1.0\n");
  }

  @Test
  void theOwnMetricsAreComplete() throws Exception {
    String early = get("/metrics").body();
    exporter.prepare();

    assertThat(RunningExporter.names(early))
        .contains("jvm_runtime_info", "process_cpu_seconds_total")
        .isEqualTo(RunningExporter.names(get("/metrics").body()));
  }

  @Test
  void aProbeOfAHostNameWaitsAndMeasuresNothingOfThat() throws Exception {
    try (RawClient client = new RawClient(port).sendGet(probe("localhost"))) {
      get(probe("127.0.0.1"));
      Pause.of(HELD);

      exporter.prepare();

      String answer = client.read().body();
      assertThat(answer).contains("probe_success 1.0\n");
      assertThat(RunningExporter.value(answer, "probe_duration_seconds"))
          .isLessThan(HELD.toMillis() / 1e3);
    }
  }
}
