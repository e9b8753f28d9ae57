package io.github.websocketexporter.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.HandlerNames;
import io.github.websocketexporter.transport.Timers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A probe over a pair of channels without a network, while time stands still: every duration is
 * exact to the nanosecond.
 */
class FrozenTimeTest {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final EmbeddedChannel client = new EmbeddedChannel();
  private final EmbeddedChannel server =
      new EmbeddedChannel(
          new HttpServerCodec(),
          new HttpObjectAggregator(1_024),
          new WebSocketServerProtocolHandler(
              WebSocketServerProtocolConfig.newBuilder()
                  .websocketPath("/path")
                  .handleCloseFrames(false)
                  .dropPongFrames(false)
                  .build()) {
            /** Leaves PINGs to the test, which answers them when it wants to. */
            @Override
            protected void decode(
                ChannelHandlerContext context, WebSocketFrame frame, List<Object> out) {
              out.add(frame.retain());
            }
          });

  private final List<ProbeResult> results = new ArrayList<>();
  private ProbeAttempt attempt;

  @BeforeEach
  void startProbe() throws Exception {
    client.freezeTime();
    ProbeModule module = ProbeModule.builder("test", LIMIT).build();
    NanoClock clock = () -> client.eventLoop().ticker().nanoTime();
    attempt =
        new ProbeAttempt(
            client.eventLoop(),
            new Stopwatch(clock, Timers.byLoop(clock)),
            new ProbeRequest(Target.parse("ws://127.0.0.1/path"), module, LIMIT),
            new Closings(1),
            (result, cause) -> results.add(result));
    attempt.start(
        List.of(new Connected(client), new UpgradeStep("test"), new PingStep(() -> false)));
  }

  @AfterEach
  void closeChannels() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
  }

  @Test
  void timesEachPhaseFromItsFirstByteToTheArrivalOfItsLast() {
    clientToServer();
    advance(7);
    serverToClient();
    PingWebSocketFrame ping = receivedByServer();
    advance(20);
    pong(ping);

    ProbeResult result = onlyResult();
    assertThat(result.failure()).isNull();
    assertThat(result.timings().nanos(Phase.UPGRADE)).isEqualTo(millis(7));
    assertThat(result.connectionNanos()).hasValue(millis(7));
    assertThat(result.timings().nanos(Phase.PING)).isEqualTo(millis(20));
    assertThat(result.roundTrip()).extracting(RoundTrip::nanos).isEqualTo(millis(20));
    assertThat(result.durationNanos()).isEqualTo(millis(27));
    assertThat(result.timings().ran(Phase.RESOLVE)).isFalse();
    assertThat(result.timings().ran(Phase.TLS)).isFalse();
  }

  @Test
  void answersAtItsDeadlineAndNotBefore() {
    clientToServer();
    advance(1);
    serverToClient();
    advance(LIMIT.toMillis() - 2);
    assertThat(results).isEmpty();
    advance(1);

    ProbeResult result = onlyResult();
    assertThat(result.failure()).isEqualTo(new Failure(Phase.PING, FailureReason.PONG_TIMEOUT));
    assertThat(result.durationNanos()).isEqualTo(LIMIT.toNanos());
    assertThat(result.timings().nanos(Phase.UPGRADE)).isEqualTo(millis(1));
    assertThat(result.timings().nanos(Phase.PING)).isEqualTo(LIMIT.toNanos() - millis(1));
    assertThat(result.roundTrip()).isNull();
  }

  @Test
  void namesTheUpgradeWhereTheDeadlineFindsIt() {
    advance(LIMIT.toMillis());

    ProbeResult result = onlyResult();
    assertThat(result.failure())
        .isEqualTo(new Failure(Phase.UPGRADE, FailureReason.UPGRADE_TIMEOUT));
    assertThat(result.connectionNanos()).isEmpty();
    assertThat(result.timings().ran(Phase.PING)).isFalse();
    assertThat(result.pings()).isNull();
    assertThat(client.isActive()).isFalse();
  }

  @Test
  void leavesNoTimerBehind() {
    clientToServer();
    serverToClient();
    pong(receivedByServer());
    onlyResult();
    client.close();

    advance(2 * LIMIT.toMillis());
    assertThat(results).hasSize(1);
    assertThat(client.runScheduledPendingTasks()).isEqualTo(-1);
  }

  @Test
  void saysCloseAfterTheAnswerAndResetsASecondLater() {
    clientToServer();
    serverToClient();
    pong(receivedByServer());
    onlyResult();

    clientToServer();
    CloseWebSocketFrame close = server.readInbound();
    assertThat(close.statusCode()).isEqualTo(1000);
    close.release();
    advance(999);
    assertThat(client.isActive()).isTrue();
    advance(1);
    assertThat(client.isActive()).isFalse();
  }

  @Test
  void ignoresAPongThatComesAfterTheDeadline() {
    clientToServer();
    serverToClient();
    PingWebSocketFrame ping = receivedByServer();
    advance(LIMIT.toMillis());
    pong(ping);

    assertThat(onlyResult().failure())
        .isEqualTo(new Failure(Phase.PING, FailureReason.PONG_TIMEOUT));
  }

  @Test
  void endsOnceWhenItIsCancelledTwice() {
    attempt.cancel();
    attempt.cancel();

    assertThat(onlyResult().failure())
        .isEqualTo(new Failure(Phase.UPGRADE, FailureReason.CANCELLED));
    assertThat(client.isActive()).isFalse();
  }

  private ProbeResult onlyResult() {
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private PingWebSocketFrame receivedByServer() {
    clientToServer();
    return server.readInbound();
  }

  private void pong(PingWebSocketFrame ping) {
    server.writeOutbound(new PongWebSocketFrame(ping.content()));
    serverToClient();
  }

  private void clientToServer() {
    for (ByteBuf bytes = client.readOutbound(); bytes != null; bytes = client.readOutbound()) {
      server.writeInbound(bytes);
    }
  }

  private void serverToClient() {
    for (ByteBuf bytes = server.readOutbound(); bytes != null; bytes = server.readOutbound()) {
      client.writeInbound(bytes);
    }
  }

  private void advance(long millis) {
    client.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    client.runScheduledPendingTasks();
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  /** In place of connecting: a connection that stands already. */
  private record Connected(EmbeddedChannel channel) implements Step {
    @Override
    public Phase phase() {
      return Phase.CONNECT;
    }

    @Override
    public void run(ProbeAttempt attempt, Promise<Void> done) {
      channel
          .pipeline()
          .addLast(HandlerNames.ARRIVAL, attempt.stopwatch().timer())
          .addLast(HandlerNames.GUARD, new ProbeGuard(attempt));
      attempt.opened(channel);
      done.setSuccess(null);
    }
  }
}
