package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.RoundTripSpread;
import io.github.websocketexporter.testing.Modules;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When PINGs go out and are given up, to the nanosecond, while time stands still. */
class PingScheduleTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @SuppressWarnings("NullAway.Init")
  private FrozenProbe probe;

  @AfterEach
  void closeProbe() {
    probe.close();
  }

  @Test
  void sendsTheFirstPingAtOnceAndTheOthersAtTheirIntervalWhetherOrNotPongsCome() {
    upgraded("count = 3, interval = 100ms");
    PingWebSocketFrame first = nextPing();
    assertThatNoPingComes();
    probe.advance(99);
    assertThatNoPingComes();
    probe.advance(1);
    PingWebSocketFrame second = nextPing();
    probe.advance(70);
    probe.pong(first);
    probe.pong(second);
    probe.advance(29);
    assertThatNoPingComes();
    probe.advance(1);
    PingWebSocketFrame third = nextPing();
    probe.advance(20);
    probe.pong(third);

    ProbeResult result = probe.onlyResult();
    assertThat(result.failure()).isNull();
    assertThat(result.timings().nanos(Phase.PING)).isEqualTo(FrozenProbe.millis(220));
    assertThat(result.pings())
        .extracting(PingStatistics::sent, PingStatistics::received, PingStatistics::unmatched)
        .containsExactly(3, 3, 0);
    assertThat(result.roundTrip()).extracting(RoundTrip::nanos).isEqualTo(FrozenProbe.millis(70));
    assertThat(requireNonNull(result.pings()).spread())
        .isEqualTo(
            new RoundTripSpread(
                FrozenProbe.millis(20),
                FrozenProbe.millis(170 + 70 + 20) / 3,
                FrozenProbe.millis(170),
                OptionalLong.of(FrozenProbe.millis(100 + 50) / 2)));
  }

  @Test
  void doesNotDelayThePingsBehindOneThatIsLate() {
    upgraded("count = 4, interval = 100ms");
    takePing();
    probe.advance(130);
    takePing();
    probe.advance(69);
    assertThatNoPingComes();
    probe.advance(1);
    takePing();
    probe.advance(99);
    assertThatNoPingComes();
    probe.advance(1);
    takePing();
  }

  @Test
  void doesNotSendAtOnceWhatItMissedWhileTheLoopWasHeldUp() {
    upgraded("count = 4, interval = 100ms");
    takePing();
    probe.advance(250);
    takePing();
    assertThatNoPingComes();
    probe.advance(99);
    assertThatNoPingComes();
    probe.advance(1);
    takePing();
    probe.advance(100);
    takePing();
  }

  @Test
  void waitsForTheTimeoutOfTheNewestPingThatHasNoPong() {
    upgraded("count = 3, interval = 100ms, timeout = 500ms, max-loss-ratio = 0.5");
    probe.pong(nextPing());
    probe.advance(100);
    takePing();
    probe.advance(100);
    probe.pong(nextPing());
    probe.advance(399);
    assertThat(probe.results()).isEmpty();
    probe.advance(1);

    ProbeResult result = probe.onlyResult();
    assertThat(result.failure()).isNull();
    assertThat(result.pings())
        .extracting(PingStatistics::sent, PingStatistics::received)
        .containsExactly(3, 2);
    assertThat(result.durationNanos()).isEqualTo(FrozenProbe.millis(600));
    assertThat(result.timings().nanos(Phase.PING)).isEqualTo(FrozenProbe.millis(200));
  }

  @Test
  void isOverOnceTheLastPongComesWhereTheOthersWereGivenUp() {
    upgraded("count = 3, interval = 100ms, timeout = 50ms, max-loss-ratio = 0.7");
    takePing();
    probe.advance(100);
    takePing();
    probe.advance(100);
    probe.pong(nextPing());
    probe.advance(0);

    assertThat(probe.onlyResult().failure()).isNull();
    assertThat(probe.onlyResult().durationNanos()).isEqualTo(FrozenProbe.millis(200));
  }

  @Test
  void givesUpASinglePingAtItsTimeout() {
    upgraded("timeout = 250ms");
    takePing();
    probe.advance(249);
    assertThat(probe.results()).isEmpty();
    probe.advance(1);

    assertThat(probe.onlyResult().failure())
        .isEqualTo(new Failure(Phase.PING, FailureReason.PONG_TIMEOUT));
    assertThat(probe.onlyResult().durationNanos()).isEqualTo(FrozenProbe.millis(250));
  }

  @Test
  void leavesNoTimerBehind() {
    upgraded("count = 100, interval = 50ms");
    takePing();
    probe.cancel();
    probe.client().close();

    assertThat(probe.onlyResult().failure())
        .isEqualTo(new Failure(Phase.PING, FailureReason.CANCELLED));
    assertThat(probe.client().runScheduledPendingTasks()).isEqualTo(-1);
  }

  @Test
  void sendsNoPingBehindTheClose() {
    upgraded("count = 100, interval = 50ms");
    takePing();
    probe.cancel();
    probe.clientToServer();
    CloseWebSocketFrame close = probe.server().readInbound();
    close.release();
    probe.advance(500);
    assertThatNoPingComes();
  }

  /** A probe whose upgrade took no time, with these settings of its pings. */
  private void upgraded(String ping) {
    probe = FrozenProbe.start(Modules.of("ping { " + ping + " }"), LIMIT);
    probe.clientToServer();
    probe.serverToClient();
  }

  private PingWebSocketFrame nextPing() {
    return probe.receivedByServer();
  }

  /** Takes a PING that is never answered. */
  private void takePing() {
    nextPing().release();
  }

  private void assertThatNoPingComes() {
    assertThat(probe.nothingCameToServer()).isTrue();
  }
}
