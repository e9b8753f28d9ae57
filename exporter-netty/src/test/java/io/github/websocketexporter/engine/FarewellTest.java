package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.End;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** How the connection of a successful probe ends, seen from the server. */
class FarewellTest extends EngineTest {
  FarewellTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void saysCloseOnlyAfterTheResult() throws Exception {
    CountDownLatch arrival = new CountDownLatch(1);
    CompletableFuture<Frame> close = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.pong();
          Frame frame = peer.readFrame();
          arrival.countDown();
          close.complete(frame);
        };
    AtomicBoolean early = new AtomicBoolean(true);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result =
          runner
              .start(
                  ProbeRunner.request(server.ws("/"), ProbeRunner.AMPLE, ProbeRunner.PREFER_IP4),
                  each -> early.set(cameWithin(arrival, 150)))
              .result();

      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING);
      assertThat(early).as("a frame came before the result was given").isFalse();
      assertThat(await(close).opcode()).isEqualTo(Peer.CLOSE);
      assertThat(await(close).masked()).isTrue();
      assertThat(await(close).closeStatus()).isEqualTo(1000);
    }
  }

  @Test
  void leavesTheClosingToAServerThatDoesIt() throws Exception {
    CompletableFuture<End> end = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.pong();
          Frame close = peer.readFrame(Peer.CLOSE);
          peer.sendFrame(Peer.CLOSE, close.payload());
          peer.sendEof();
          end.complete(peer.awaitEnd());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING);
      assertThat(await(end)).isEqualTo(End.EOF);
    }
  }

  @Test
  void resetsTheConnectionOfAServerThatDoesNotCloseIt() throws Exception {
    CompletableFuture<End> end = new CompletableFuture<>();
    CompletableFuture<Duration> patience = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.pong();
          peer.readFrame(Peer.CLOSE);
          long closeNanos = System.nanoTime();
          end.complete(peer.awaitEnd());
          patience.complete(Duration.ofNanos(System.nanoTime() - closeNanos));
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING);
      assertThat(await(end)).isEqualTo(End.RESET);
      assertThat(await(patience)).isBetween(Duration.ofMillis(900), Duration.ofMillis(3_000));
    }
  }

  private static boolean cameWithin(CountDownLatch latch, long millis) {
    try {
      return latch.await(millis, MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
