package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.engine.ProbeRunner.Stall;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.transport.TlsClients;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PINGs that are sent again because the loop was late to read the PONG. */
@ParameterizedClass
@EnumSource(
    value = Clock.class,
    names = {"EPOLL_LOOP", "NIO_LOOP"})
class RepeatedPingTest {
  private static final Duration STALL = Duration.ofMillis(300);
  private static final int IN_FLIGHT = 4;

  @SuppressWarnings("NullAway.Init")
  @Parameter
  Clock clock;

  private final AtomicInteger pings = new AtomicInteger();

  @SuppressWarnings("NullAway.Init")
  private ProbeRunner runner;

  @BeforeEach
  void openRunner() throws Exception {
    runner = new ProbeRunner(clock.select(), new TlsClients(), IN_FLIGHT);
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      assertThat(runner.probe(server.ws("/")).success()).isTrue();
    }
  }

  @AfterEach
  void closeRunner() {
    if (runner != null) {
      runner.close();
    }
  }

  @Test
  void aStalledPongIsMeasuredAgain() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          pongWithStall(peer, STALL);
          Frame frame = peer.readFrame();
          while (frame.opcode() == Peer.PING) {
            pings.incrementAndGet();
            peer.sendFrame(Peer.PONG, frame.payload());
            frame = peer.readFrame();
          }
          assertThat(frame.opcode()).isEqualTo(Peer.CLOSE);
        };
    ProbeResult result = probe(script);
    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
    assertThat(pings).hasValueBetween(2, 3);
    assertThat(roundTrip(result).nanos()).isLessThan(STALL.toNanos());
    assertThat(result.timings().nanos(PING)).isGreaterThanOrEqualTo(STALL.toNanos());
  }

  @Test
  void itIsMeasuredAtMostThreeTimesAndTheSurestCounts() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          pongWithStall(peer, STALL.multipliedBy(3));
          pongWithStall(peer, STALL);
          pongWithStall(peer, STALL.multipliedBy(2));
          peer.readFrame(Peer.CLOSE);
        };
    ProbeResult result = probe(script);
    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
    assertThat(pings).hasValue(3);
    assertThat(roundTrip(result).nanos())
        .isBetween(STALL.toNanos(), STALL.multipliedBy(2).toNanos());
    assertThat(result.timings().nanos(PING)).isGreaterThanOrEqualTo(6 * STALL.toNanos());
  }

  @Test
  void itIsNotMeasuredAgainWhereTheModuleTakesItAsItIs() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(this::pongWithStallAndClose)) {
      ProbeModule module = Modules.of("ping.max-uncertainty = 1m");
      ProbeRequest request = new ProbeRequest(Target.parse(server.ws("/")), module, AMPLE);
      ProbeResult result = runner.start(request, each -> {}).result();
      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
    }
    assertThat(pings).hasValue(1);
  }

  @Test
  void itIsNotMeasuredAgainWhileMoreThanHalfOfAllProbesRun() throws Exception {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    ScriptedServer.Script silent =
        peer -> {
          peer.readRequestHead();
          ProbeRunner.await(over);
        };
    try (ScriptedServer crowd = ScriptedServer.start(silent);
        ScriptedServer server = ScriptedServer.start(this::pongWithStallAndClose)) {
      for (int i = 0; i < IN_FLIGHT / 2; i++) {
        Running unused = runner.start(crowd.ws("/"), AMPLE);
        crowd.awaitRequest();
      }
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
      over.complete(true);
    }
    assertThat(pings).hasValue(1);
  }

  private void pongWithStallAndClose(Peer peer) throws Exception {
    peer.acceptUpgrade();
    pongWithStall(peer, STALL);
    peer.readFrame(Peer.CLOSE);
  }

  @Test
  void aServerThatDoesNotAnswerAgainIsNotWaitedForLong() throws Exception {
    ProbeResult result = probe(peer -> stallThen(peer, ping -> peer.readFrame(Peer.CLOSE)));
    assertThatTheFirstCounts(result);
    assertThat(result.durationNanos()).isLessThan(AMPLE.toNanos() / 2);
  }

  /** A late PONG is as unsure as any, but nothing is measured any more. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nothingIsSentBehindTheClose(boolean measuredBefore) throws Exception {
    CompletableFuture<Integer> behind = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          if (measuredBefore) {
            pongWithStall(peer, STALL);
          }
          byte[] payload = peer.readFrame(Peer.PING).payload();
          peer.readFrame(Peer.CLOSE);
          try (Stall stall = runner.stall()) {
            peer.sendFrame(Peer.PING, new byte[1]);
            peer.sendFrame(Peer.PONG, payload);
            stall.goIn(STALL);
          }
          behind.complete(bytesUpToTheEnd(peer));
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result = runner.probe(server.ws("/"), STALL.multipliedBy(2));
      assertThat(result.success()).isEqualTo(measuredBefore);
      assertThat(ProbeRunner.await(behind)).isZero();
    }
  }

  private static int bytesUpToTheEnd(Peer peer) {
    int bytes = 0;
    try {
      while (peer.read() >= 0) {
        bytes++;
      }
    } catch (IOException e) {
      // A reset, which is how the probe ends a connection that its server does not.
    }
    return bytes;
  }

  @Test
  void aServerThatSaysCloseThenCounts() throws Exception {
    assertThatTheFirstCounts(
        probe(
            peer ->
                stallThen(
                    peer,
                    ping -> {
                      peer.sendFrame(Peer.CLOSE, Peer.status(1001));
                      peer.readFrame(Peer.CLOSE);
                    })));
  }

  @Test
  void aServerThatClosesTheConnectionThenCounts() throws Exception {
    assertThatTheFirstCounts(probe(peer -> stallThen(peer, ping -> peer.sendEof())));
  }

  @Test
  void aServerThatResetsTheConnectionThenCounts() throws Exception {
    assertThatTheFirstCounts(probe(peer -> stallThen(peer, ping -> peer.reset())));
  }

  @Test
  void aServerThatResetsTheConnectionRightBehindItsPongCounts() throws Exception {
    assertThatTheFirstCounts(
        probe(
            peer -> {
              peer.acceptUpgrade();
              byte[] payload = peer.readFrame(Peer.PING).payload();
              try (Stall stall = runner.stall()) {
                peer.sendFrame(Peer.PONG, payload);
                peer.reset();
                stall.goIn(STALL);
              }
            }));
  }

  @Test
  void aServerThatViolatesTheProtocolThenCounts() throws Exception {
    assertThatTheFirstCounts(
        probe(
            peer ->
                stallThen(
                    peer,
                    ping -> {
                      peer.send(Peer.frame(0xB, new byte[0]));
                      peer.readFrame(Peer.CLOSE);
                    })));
  }

  @Test
  void aProbeThatIsCancelledMeanwhileIsCancelled() throws Exception {
    CompletableFuture<Boolean> again = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer ->
            stallThen(
                peer,
                ping -> {
                  again.complete(true);
                  peer.readFrame(Peer.CLOSE);
                });
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Running running = runner.start(server.ws("/"), AMPLE);
      ProbeRunner.await(again);
      running.cancel();
      assertThat(running.result().failure()).isEqualTo(new Failure(PING, FailureReason.CANCELLED));
    }
  }

  @Test
  void theDeadlineHoldsMeanwhile() throws Exception {
    // Patience would be four times the round trip.
    Duration limit = STALL.multipliedBy(2);
    ScriptedServer.Script script = peer -> stallThen(peer, ping -> peer.readFrame(Peer.CLOSE));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result = runner.probe(server.ws("/"), limit);
      assertThat(result).tookAbout(limit);
      assertThatTheFirstCounts(result);
    }
  }

  /** What is done when the PING is repeated. */
  @FunctionalInterface
  private interface SecondPing {
    void serve(Frame ping) throws Exception;
  }

  private void stallThen(Peer peer, SecondPing then) throws Exception {
    peer.acceptUpgrade();
    pongWithStall(peer, STALL);
    then.serve(peer.readFrame(Peer.PING));
  }

  private void pongWithStall(Peer peer, Duration stalled) throws Exception {
    byte[] payload = peer.readFrame(Peer.PING).payload();
    pings.incrementAndGet();
    try (Stall stall = runner.stall()) {
      peer.sendFrame(Peer.PONG, payload);
      stall.goIn(stalled);
    }
  }

  private static void assertThatTheFirstCounts(ProbeResult result) {
    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
    assertThat(roundTrip(result).nanos()).isGreaterThanOrEqualTo(STALL.toNanos());
    assertThat(roundTrip(result).uncertaintyNanos()).isGreaterThanOrEqualTo(STALL.toNanos() / 2);
  }

  private static RoundTrip roundTrip(ProbeResult result) {
    return requireNonNull(result.roundTrip(), result.toString());
  }

  private ProbeResult probe(ScriptedServer.Script script) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      return runner.probe(server.ws("/"), AMPLE);
    }
  }
}
