package io.github.websocketexporter.benchmarks.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProbeAnswerTest {
  private static final String SUCCESS =
      """
      # HELP probe_success Whether the probe succeeded.
      # TYPE probe_success gauge
      probe_success 1.0
      probe_websocket_ping_pong_clock_info{clock="kernel"} 1
      probe_websocket_ping_pong_duration_seconds 8.5305E-4
      probe_websocket_ping_pong_uncertainty_seconds 0.000004484
      """;

  private static final String SESSION =
      """
      probe_websocket_last_pong_timestamp_seconds 1795719800.125
      probe_websocket_pings_lost_total 1
      probe_websocket_pongs_late_total 2
      """;

  private final ProbeAnswer answer = new ProbeAnswer();

  @Test
  void readsWhatIsCompared() {
    read(SUCCESS);

    assertThat(answer.success()).isTrue();
    assertThat(answer.byKernel()).isTrue();
    assertThat(answer.durationNanos()).isEqualTo(853_050);
    assertThat(answer.uncertaintyNanos()).isEqualTo(4_484);
  }

  @Test
  void readsWhatASessionHasComeTo() {
    read(SESSION);

    assertThat(answer.lastPongEpochNanos()).isCloseTo(1_795_719_800_125_000_000L, within(1_000L));
    assertThat(answer.late()).isEqualTo(2);
    assertThat(answer.lost()).isEqualTo(1);
  }

  @Test
  void forgetsTheAnswerBefore() {
    read(SUCCESS + SESSION);
    read("probe_success 0.0\n");

    assertThat(answer.success()).isFalse();
    assertThat(answer.byKernel()).isFalse();
    assertThat(answer.durationNanos()).isNegative();
    assertThat(answer.uncertaintyNanos()).isNegative();
    assertThat(answer.lastPongEpochNanos()).isNegative();
    assertThat(answer.late()).isZero();
    assertThat(answer.lost()).isZero();
  }

  @Test
  void anEmptyAnswerIsNoSuccess() {
    read("");

    assertThat(answer.success()).isFalse();
  }

  private void read(String text) {
    byte[] bytes = ("xx" + text).getBytes(StandardCharsets.UTF_8);
    answer.read(bytes, 2, bytes.length);
  }
}
