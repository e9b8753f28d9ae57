package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What someone sees who brings the flags, the targets and the dashboards of the seed along. */
class SeedSessionIT {
  private static final String[] FLAGS = {
    "--web.listen-address=127.0.0.1:0",
    "--web.telemetry-path=/metrics",
    "--web.probe-path=/probe",
    "--timeout=10s",
    "--ping.interval=1s",
    "--debug"
  };
  private static final String[] METRICS = {
    "probe_success",
    "probe_duration_seconds",
    "probe_websocket_up",
    "probe_websocket_connection_duration_seconds",
    "probe_websocket_ping_pong_success",
    "probe_websocket_ping_pong_duration_seconds"
  };

  @Test
  void aProbeReturnsTheSixMetricsOfTheSeed() throws Exception {
    try (PeerProcess peer = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of("--token", "id"));
        ExporterProcess exporter = ExporterProcess.start(FLAGS)) {
      Answer answer = exporter.probe("ws://127.0.0.1:" + peer.port() + "/id/token");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
      assertThat(answer.samples()).containsKeys(METRICS);
      assertThat(answer.samples())
          .containsEntry("probe_success", 1.0)
          .containsEntry("probe_websocket_up", 1.0)
          .containsEntry("probe_websocket_ping_pong_success", 1.0);
      assertThat(answer.sample("probe_duration_seconds")).isPositive().isLessThan(10.0);
      assertThat(answer.sample("probe_websocket_connection_duration_seconds")).isPositive();
      assertThat(answer.sample("probe_websocket_ping_pong_duration_seconds")).isPositive();
      for (String metric : METRICS) {
        assertThat(answer.body()).contains("# TYPE " + metric + " gauge\n");
      }
    }
  }

  @Test
  void aProbeThatFailsReturnsTheSixMetricsTooWithZeroForWhatWasNotReached() {
    try (ExporterProcess exporter = ExporterProcess.start(FLAGS)) {
      Answer answer = exporter.probe("ws://127.0.0.1:1/id/token");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.samples())
          .containsEntry("probe_success", 0.0)
          .containsEntry("probe_websocket_up", 0.0)
          .containsEntry("probe_websocket_connection_duration_seconds", 0.0)
          .containsEntry("probe_websocket_ping_pong_success", 0.0)
          .containsEntry("probe_websocket_ping_pong_duration_seconds", 0.0)
          .containsKey("probe_duration_seconds");
    }
  }

  @Test
  void theExportersOwnMetricsCountTheProbeAndTheLogShowsItWithoutItsPath() {
    try (ExporterProcess exporter = ExporterProcess.start(FLAGS)) {
      int port = exporter.port();
      exporter.probe(exporter.ownWebSocket());

      assertThat(exporter.get("/metrics").samples())
          .containsEntry("websocket_exporter_probes_total{module=\"websocket_ping\"}", 1.0);
      String line = "msg=\"probe ended\" target=ws://127.0.0.1:" + port + "/… ";
      await()
          .untilAsserted(
              () -> assertThat(exporter.stderr()).contains(line).doesNotContain("/-/websocket"));
    }
  }
}
