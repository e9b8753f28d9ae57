package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.NO_REPEATS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import io.github.websocketexporter.engine.ProbeRunner.Stall;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.Witness;
import io.github.websocketexporter.transport.ShiftedWallClock;
import io.github.websocketexporter.transport.TlsClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A wall clock that is set while a PING is in flight: the kernel stamps with it, and none of that
 * is to be seen. What the exporter reads is shifted against what the kernel stamps: at the
 * departure by what the clock is set before the PONG comes, turned round; at the read by what it is
 * set after that.
 */
class WallClockTest {
  private static final Duration FLIGHT = Duration.ofMillis(150);
  private static final Duration STALL = Duration.ofMillis(300);

  private final ShiftedWallClock wall = new ShiftedWallClock();
  private final Witness witness = new Witness();

  @SuppressWarnings("NullAway.Init")
  private ProbeRunner runner;

  @BeforeEach
  void openRunner() throws Exception {
    runner = new ProbeRunner(wall.on(Clock.KERNEL.select()), new TlsClients(), NO_REPEATS);
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

  static Stream<Arguments> steps() {
    List<Arguments> steps = new ArrayList<>();
    for (long millis : new long[] {60, 200, 400, 3_600_000}) {
      Duration step = Duration.ofMillis(millis);
      Duration back = step.negated();
      steps.add(argumentSet("back by " + step, step, Duration.ZERO));
      steps.add(argumentSet("forth by " + step, back, Duration.ZERO));
      steps.add(argumentSet("back by " + step + " behind the PONG", Duration.ZERO, back));
      steps.add(argumentSet("forth by " + step + " behind the PONG", Duration.ZERO, step));
      steps.add(argumentSet("back by " + step + " and forth again", step, step));
      steps.add(argumentSet("forth by " + step + " and back again", back, back));
    }
    return steps.stream();
  }

  @ParameterizedTest
  @MethodSource("steps")
  void isNotSeenWhereTheLoopSleeps(Duration atDeparture, Duration atRead) throws Exception {
    RoundTrip roundTrip =
        pinged(
            atDeparture,
            atRead,
            (peer, payload) -> {
              Pause.of(FLIGHT);
              witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
            });
    witness.agreesWith(roundTrip);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void isNotSeenWhereTheLoopIsStalled(Duration atDeparture, Duration atRead) throws Exception {
    witness.agreesWith(
        pinged(
            atDeparture,
            atRead,
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                Pause.of(FLIGHT);
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                stall.goIn(STALL);
              }
            }));
  }

  /** Without this, the tests above could pass because the kernel's clock was never looked at. */
  @Test
  void isTheKernelsWhereItIsNotSet() throws Exception {
    RoundTrip roundTrip =
        pinged(
            Duration.ZERO,
            Duration.ZERO,
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                Pause.of(FLIGHT);
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                stall.goIn(STALL);
              }
            });
    witness.confirms(roundTrip);
    assertThat(roundTrip.clock()).isEqualTo(ArrivalClock.KERNEL);
  }

  /** What is done to a connection whose PING has come. */
  @FunctionalInterface
  private interface PingScript {
    void serve(Peer peer, byte[] payload) throws Exception;
  }

  private RoundTrip pinged(Duration atDeparture, Duration atRead, PingScript script)
      throws Exception {
    ScriptedServer.Script whole =
        peer -> {
          wall.aheadBy(atDeparture);
          byte[] payload = witness.awaitPing(peer);
          wall.aheadBy(atRead);
          script.serve(peer, payload);
          peer.readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server = ScriptedServer.start(whole)) {
      ProbeResult result = runner.probe(server.ws("/"), AMPLE);
      assertThat(result.success()).as("%s", result).isTrue();
      return requireNonNull(result.roundTrip());
    }
  }
}
