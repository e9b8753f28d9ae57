package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.http.LiveConfig;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an exporter that listens answers before it is prepared. */
class FirstAnswerTest {
  private static final String REJECTED =
      "websocket_exporter_probes_rejected_total{reason=\"starting\"}";

  private Exporter exporter;
  private int port;

  @BeforeEach
  void start() throws Exception {
    ConfigLoader.Flags flags =
        new ConfigLoader.Flags().set("test", "web.listen-addresses", List.of("127.0.0.1:0"));
    BuildInfo build = new BuildInfo("1.2.3", "abcdef");
    exporter =
        new Exporter(
            LiveConfig.of(ConfigLoader.parse(null, flags).read()),
            build,
            new ExporterMetrics(build));
    port = exporter.start().get(0).getPort();
  }

  @AfterEach
  void stop() {
    exporter.close();
  }

  private RawClient.Answer get(String path) throws IOException {
    try (RawClient client = new RawClient(port)) {
      return client.sendGet(path).read();
    }
  }

  @Test
  void aProbeOfALiteralAddressIsAnswered() throws Exception {
    assertThat(get("/probe?target=ws://127.0.0.1:" + port + "/-/websocket").body())
        .contains("probe_success 1.0\n");
  }

  @Test
  void theOwnMetricsAreComplete() throws Exception {
    String early = get("/metrics").body();
    exporter.prepare();

    assertThat(RunningExporter.names(early))
        .contains("jvm_runtime_info", "process_cpu_seconds_total")
        .isEqualTo(RunningExporter.names(get("/metrics").body()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws://localhost", "wss://127.0.0.1"})
  void aProbeThatNeedsMoreIsToldToComeAgain(String target) throws Exception {
    String probe = "/probe?target=" + target + ":" + port + "/-/websocket";
    RawClient.Answer early = get(probe);

    assertThat(early.status()).isEqualTo(503);
    assertThat(early.header("retry-after")).isEqualTo("1");
    assertThat(early.body()).doesNotContain("probe_success").contains("just started");
    assertThat(RunningExporter.value(get("/metrics").body(), REJECTED)).isEqualTo(1);

    exporter.prepare();

    assertThat(get(probe).body()).contains("probe_success ");
    assertThat(RunningExporter.value(get("/metrics").body(), REJECTED)).isEqualTo(1);
  }
}
