package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.transport.Timers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A probe over a pair of channels without a network, while time stands still. It has begun when it
 * is made; nothing moves from one side to the other by itself.
 */
final class FrozenProbe implements AutoCloseable {
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
  private final ProbeAttempt attempt;

  private FrozenProbe(ProbeModule module, Duration limit) {
    client.freezeTime();
    NanoClock clock = () -> client.eventLoop().ticker().nanoTime();
    attempt =
        new ProbeAttempt(
            client.eventLoop(),
            new Stopwatch(clock, Timers.byLoop(clock)),
            ProbeRunner.request("ws://127.0.0.1/path", limit, module),
            new Closings(1),
            (attempt, result, cause) -> results.add(result));
  }

  /** Starts a probe whose connection stands already. */
  static FrozenProbe start(ProbeModule module, Duration limit) {
    FrozenProbe probe = new FrozenProbe(module, limit);
    List<Step> steps = new ArrayList<>();
    steps.add(new StandingConnection(probe.client));
    steps.add(new UpgradeStep("test"));
    if (!module.messages().isEmpty()) {
      steps.add(new MessagesStep());
    }
    steps.add(new PingStep(() -> false));
    probe.attempt.start(steps);
    return probe;
  }

  EmbeddedChannel client() {
    return client;
  }

  EmbeddedChannel server() {
    return server;
  }

  void cancel() {
    attempt.cancel();
  }

  List<ProbeResult> results() {
    return results;
  }

  ProbeResult onlyResult() {
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  /** The next PING, which must have come to the server. */
  PingWebSocketFrame receivedByServer() {
    clientToServer();
    return requireNonNull(server.<PingWebSocketFrame>readInbound(), "no PING came");
  }

  /** Whether nothing has come to the server. */
  boolean nothingCameToServer() {
    clientToServer();
    return server.inboundMessages().isEmpty();
  }

  /** Answers a PING, and lets go of it. */
  void pong(PingWebSocketFrame ping) {
    server.writeOutbound(new PongWebSocketFrame(ping.content()));
    serverToClient();
  }

  void clientToServer() {
    for (ByteBuf bytes = client.readOutbound(); bytes != null; bytes = client.readOutbound()) {
      server.writeInbound(bytes);
    }
  }

  void serverToClient() {
    for (ByteBuf bytes = server.readOutbound(); bytes != null; bytes = server.readOutbound()) {
      client.writeInbound(bytes);
    }
  }

  void advance(long millis) {
    client.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    client.runScheduledPendingTasks();
  }

  static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Override
  public void close() {
    client.finishAndReleaseAll();
    server.finishAndReleaseAll();
  }
}
