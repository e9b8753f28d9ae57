package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The built-in modules, from outside. */
class ExporterModulesTest {
  private static final Set<String> OF_SEVERAL_PINGS =
      Set.of(
          "probe_websocket_ping_pong_min_seconds",
          "probe_websocket_ping_pong_mean_seconds",
          "probe_websocket_ping_pong_max_seconds",
          "probe_websocket_ping_pong_jitter_seconds",
          "probe_websocket_ping_pong_loss_ratio");

  @SuppressWarnings("NullAway.Init")
  private static RunningExporter exporter;

  @BeforeAll
  static void start() throws Exception {
    exporter = RunningExporter.with();
  }

  @AfterAll
  static void stop() {
    exporter.close();
  }

  @Test
  void websocketPingSendsOnePing() throws Exception {
    String answer = probe("websocket_ping");

    assertThat(value(answer, "probe_success")).isEqualTo(1);
    assertThat(value(answer, "probe_websocket_pings_sent")).isEqualTo(1);
    assertThat(RunningExporter.names(answer)).doesNotContainAnyElementsOf(OF_SEVERAL_PINGS);
  }

  @Test
  void websocketPingBurstSendsFiveAndTellsHowTheyDiffer() throws Exception {
    String answer = probe("websocket_ping_burst");

    assertThat(value(answer, "probe_success")).isEqualTo(1);
    assertThat(value(answer, "probe_websocket_ping_pong_success")).isEqualTo(1);
    assertThat(value(answer, "probe_websocket_pings_sent")).isEqualTo(5);
    assertThat(value(answer, "probe_websocket_pongs_received")).isEqualTo(5);
    assertThat(value(answer, "probe_websocket_unmatched_pongs")).isZero();
    assertThat(value(answer, "probe_websocket_ping_pong_loss_ratio")).isZero();
    assertThat(RunningExporter.names(answer)).containsAll(OF_SEVERAL_PINGS);
    double min = value(answer, "probe_websocket_ping_pong_min_seconds");
    double max = value(answer, "probe_websocket_ping_pong_max_seconds");
    assertThat(min).isPositive();
    assertThat(value(answer, "probe_websocket_ping_pong_duration_seconds")).isBetween(min, max);
    assertThat(value(answer, "probe_websocket_ping_pong_mean_seconds")).isBetween(min, max);
    assertThat(value(answer, "probe_websocket_ping_pong_jitter_seconds")).isBetween(0.0, max - min);
    // Four times 200 ms lie between the first PING and the last.
    assertThat(value(answer, "probe_websocket_duration_seconds{phase=\"ping\"}"))
        .isGreaterThanOrEqualTo(0.8);
  }

  @Test
  void websocketConnectSendsNone() throws Exception {
    String answer = probe("websocket_connect");

    assertThat(value(answer, "probe_success")).isEqualTo(1);
    assertThat(value(answer, "probe_websocket_up")).isEqualTo(1);
    assertThat(value(answer, "probe_websocket_ping_pong_success")).isZero();
    assertThat(RunningExporter.names(answer))
        .doesNotContain("probe_websocket_pings_sent", "probe_failure_info")
        .doesNotContainAnyElementsOf(OF_SEVERAL_PINGS);
  }

  @Test
  void websocketContinuousIsAnsweredWithItsFirstPing() throws Exception {
    String answer = probe("websocket_continuous");

    assertThat(value(answer, "probe_success")).isEqualTo(1);
    assertThat(value(answer, "probe_websocket_pings_sent")).isEqualTo(1);
    assertThat(value(answer, "probe_websocket_pongs_total")).isEqualTo(1);
  }

  /** At the interval of the defaults, that many PINGs would take longer than a probe may. */
  @Test
  void modulesWithoutAnIntervalOfTheirOwnHaveThatOfAllProbes() throws Exception {
    try (RunningExporter quick =
        RunningExporter.with("probe.ping-interval=10ms", "modules.websocket_ping.ping.count=21")) {
      String answer = quick.get("/probe?target=" + quick.ownWebSocket()).body();

      assertThat(value(answer, "probe_success")).isEqualTo(1);
      assertThat(value(answer, "probe_websocket_pings_sent")).isEqualTo(21);
      assertThat(value(answer, "probe_websocket_duration_seconds{phase=\"ping\"}"))
          .isGreaterThanOrEqualTo(0.2);
    }
  }

  private static double value(String answer, String sample) {
    return RunningExporter.value(answer, sample);
  }

  private static String probe(String module) throws Exception {
    return exporter.get("/probe?module=" + module + "&target=" + exporter.ownWebSocket()).body();
  }
}
