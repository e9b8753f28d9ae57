package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.RESOLVE;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Blackhole;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.End;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** A probe from its start to its result: what it finds, and how it is cancelled. */
class NettyProberTest extends EngineTest {
  NettyProberTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void findsEveryFactOfAHealthyTarget() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(NettyProberTest::serveOneProbe)) {
      ProbeRequest request =
          ProbeRunner.request(server.ws("/"), ProbeRunner.AMPLE, ProbeRunner.PREFER_IP4);

      ProbeResult result = runner.start(request, each -> {}).result();

      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0).hasAddress("127.0.0.1");
      assertThat(result.request()).isSameAs(request);
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void doesNotMindHowDeepInPromisesItIsStarted() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(NettyProberTest::serveOneProbe)) {
      for (int listeners = 0; listeners < 10; listeners++) {
        assertThat(runner.startBelow(listeners, server.ws("/")).result())
            .succeededAfter(CONNECT, UPGRADE, PING);
      }
    }
  }

  @Test
  void resolvesAHostName() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(NettyProberTest::serveOneProbe)) {
      assertThat(runner.probe("ws://localhost:" + server.port() + "/"))
          .succeededAfter(RESOLVE, CONNECT, UPGRADE, PING)
          .pongCame(0)
          .hasAddress("127.0.0.1");
    }
  }

  @Test
  void failsWhenThePortIsClosed() throws Exception {
    assertThat(runner.probe("ws://127.0.0.1:" + Ports.closed() + "/"))
        .failedWith(FailureReason.CONNECT_REFUSED, CONNECT)
        .notAnswered()
        .hasAddress("127.0.0.1");
  }

  @Test
  void failsAtTheDeadlineWhenNothingAnswersTheConnect() throws Exception {
    try (Blackhole blackhole = Blackhole.open()) {
      assertThat(runner.probe(blackhole.ws(), SHORT))
          .failedWith(FailureReason.CONNECT_TIMEOUT, CONNECT)
          .notAnswered()
          .hasAddress("127.0.0.1")
          .tookAbout(SHORT);
    }
  }

  @Test
  void canBeCancelledWhileItConnects() throws Exception {
    try (Blackhole blackhole = Blackhole.open()) {
      Running probe = runner.start(blackhole.ws(), ProbeRunner.AMPLE);
      probe.cancel();

      assertThat(probe.result())
          .failedWith(FailureReason.CANCELLED, CONNECT)
          .notAnswered()
          .hasAddress("127.0.0.1");
      probe.cancel();
      assertThat(probe.results()).isEqualTo(1);
    }
  }

  @Test
  void canBeCancelledWhileItUpgrades() throws Exception {
    CompletableFuture<End> end = new CompletableFuture<>();
    CompletableFuture<Boolean> requested = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.readRequestHead();
          requested.complete(true);
          end.complete(peer.awaitEnd());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Running probe = runner.start(server.ws("/"), ProbeRunner.AMPLE);
      await(requested);
      assertThat(probe.ended()).isFalse();
      probe.cancel();

      assertThat(probe.result())
          .failedWith(FailureReason.CANCELLED, CONNECT, UPGRADE)
          .notAnswered()
          .hasAddress("127.0.0.1");
      assertThat(await(end)).isEqualTo(End.RESET);
      probe.cancel();
      assertThat(probe.results()).isEqualTo(1);
    }
  }

  @Test
  void canBeCancelledWhileItPings() throws Exception {
    CompletableFuture<Boolean> pinged = new CompletableFuture<>();
    CompletableFuture<Frame> close = new CompletableFuture<>();
    CompletableFuture<End> end = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.readFrame(Peer.PING);
          pinged.complete(true);
          close.complete(peer.readFrame(Peer.CLOSE));
          end.complete(peer.awaitEnd());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Running probe = runner.start(server.ws("/"), ProbeRunner.AMPLE);
      await(pinged);
      assertThat(probe.ended()).isFalse();
      probe.cancel();

      assertThat(probe.result())
          .failedWith(FailureReason.CANCELLED, CONNECT, UPGRADE, PING)
          .pongMissing(0);
      assertThat(await(close).closeStatus()).isEqualTo(1000);
      assertThat(await(end)).isEqualTo(End.RESET);
      probe.cancel();
      assertThat(probe.results()).isEqualTo(1);
    }
  }

  @Test
  void cannotBeCancelledWhenItHasEnded() throws Exception {
    CompletableFuture<Frame> close = new CompletableFuture<>();
    CompletableFuture<End> end = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.pong();
          close.complete(peer.readFrame(Peer.CLOSE));
          peer.sendEof();
          end.complete(peer.awaitEnd());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Running probe = runner.start(server.ws("/"), ProbeRunner.AMPLE);
      ProbeResult result = probe.result();
      probe.cancel();

      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
      assertThat(probe.results()).isEqualTo(1);
      assertThat(await(close).closeStatus()).isEqualTo(1000);
      assertThat(await(end)).isEqualTo(End.EOF);
    }
  }

  @Test
  void runsProbesOneAfterAnother() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(NettyProberTest::serveOneProbe)) {
      for (int i = 0; i < 10; i++) {
        assertThat(runner.probe(server.ws("/" + i)))
            .succeededAfter(CONNECT, UPGRADE, PING)
            .pongCame(0);
      }
      assertThat(server.accepted()).isEqualTo(10);
    }
  }

  private static void serveOneProbe(Peer peer) throws IOException {
    peer.acceptUpgrade();
    peer.pong();
    peer.readFrame(Peer.CLOSE);
  }
}
