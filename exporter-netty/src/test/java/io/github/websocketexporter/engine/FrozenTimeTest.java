package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A probe over a pair of channels without a network, while time stands still: every duration is
 * exact to the nanosecond.
 */
class FrozenTimeTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private FrozenProbe probe;

  @BeforeEach
  void startProbe() {
    probe = FrozenProbe.start(ProbeModule.builder("test", LIMIT).build(), LIMIT);
  }

  @AfterEach
  void closeProbe() {
    probe.close();
  }

  @Test
  void timesEachPhaseFromItsFirstByteToTheArrivalOfItsLast() {
    probe.clientToServer();
    probe.advance(7);
    probe.serverToClient();
    PingWebSocketFrame ping = probe.receivedByServer();
    probe.advance(20);
    probe.pong(ping);

    ProbeResult result = probe.onlyResult();
    assertThat(result.failure()).isNull();
    assertThat(result.timings().nanos(Phase.UPGRADE)).isEqualTo(FrozenProbe.millis(7));
    assertThat(result.connectionNanos()).hasValue(FrozenProbe.millis(7));
    assertThat(result.timings().nanos(Phase.PING)).isEqualTo(FrozenProbe.millis(20));
    assertThat(result.roundTrip()).extracting(RoundTrip::nanos).isEqualTo(FrozenProbe.millis(20));
    assertThat(result.durationNanos()).isEqualTo(FrozenProbe.millis(27));
    assertThat(result.timings().ran(Phase.RESOLVE)).isFalse();
    assertThat(result.timings().ran(Phase.TLS)).isFalse();
  }

  @Test
  void answersAtItsDeadlineAndNotBefore() {
    probe.clientToServer();
    probe.advance(1);
    probe.serverToClient();
    probe.advance(LIMIT.toMillis() - 2);
    assertThat(probe.results()).isEmpty();
    probe.advance(1);

    ProbeResult result = probe.onlyResult();
    assertThat(result.failure()).isEqualTo(new Failure(Phase.PING, FailureReason.PONG_TIMEOUT));
    assertThat(result.durationNanos()).isEqualTo(LIMIT.toNanos());
    assertThat(result.timings().nanos(Phase.UPGRADE)).isEqualTo(FrozenProbe.millis(1));
    assertThat(result.timings().nanos(Phase.PING))
        .isEqualTo(LIMIT.toNanos() - FrozenProbe.millis(1));
    assertThat(result.roundTrip()).isNull();
  }

  @Test
  void namesTheUpgradeWhereTheDeadlineFindsIt() {
    probe.advance(LIMIT.toMillis());

    ProbeResult result = probe.onlyResult();
    assertThat(result.failure())
        .isEqualTo(new Failure(Phase.UPGRADE, FailureReason.UPGRADE_TIMEOUT));
    assertThat(result.connectionNanos()).isEmpty();
    assertThat(result.timings().ran(Phase.PING)).isFalse();
    assertThat(result.pings()).isNull();
    assertThat(probe.client().isActive()).isFalse();
  }

  @Test
  void leavesNoTimerBehind() {
    probe.clientToServer();
    probe.serverToClient();
    probe.pong(probe.receivedByServer());
    probe.onlyResult();
    probe.client().close();

    probe.advance(2 * LIMIT.toMillis());
    assertThat(probe.results()).hasSize(1);
    assertThat(probe.client().runScheduledPendingTasks()).isEqualTo(-1);
  }

  @Test
  void saysCloseAfterTheAnswerAndResetsASecondLater() {
    probe.clientToServer();
    probe.serverToClient();
    probe.pong(probe.receivedByServer());
    probe.onlyResult();

    probe.clientToServer();
    CloseWebSocketFrame close = probe.server().readInbound();
    assertThat(close.statusCode()).isEqualTo(1000);
    close.release();
    probe.advance(999);
    assertThat(probe.client().isActive()).isTrue();
    probe.advance(1);
    assertThat(probe.client().isActive()).isFalse();
  }

  @Test
  void ignoresAPongThatComesAfterTheDeadline() {
    probe.clientToServer();
    probe.serverToClient();
    PingWebSocketFrame ping = probe.receivedByServer();
    probe.advance(LIMIT.toMillis());
    probe.pong(ping);

    assertThat(probe.onlyResult().failure())
        .isEqualTo(new Failure(Phase.PING, FailureReason.PONG_TIMEOUT));
  }

  @Test
  void endsOnceWhenItIsCancelledTwice() {
    probe.cancel();
    probe.cancel();

    assertThat(probe.onlyResult().failure())
        .isEqualTo(new Failure(Phase.UPGRADE, FailureReason.CANCELLED));
    assertThat(probe.client().isActive()).isFalse();
  }
}
