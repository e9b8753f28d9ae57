package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.NO_REPEATS;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.engine.ProbeRunner.Stall;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTripSpread;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.Witness;
import io.github.websocketexporter.transport.TlsClients;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several PINGs, against servers that answer them in every way. */
@ParameterizedClass
@EnumSource(Clock.class)
class PingTrainTest {
  private static final Duration STALL = Duration.ofMillis(300);

  @SuppressWarnings("NullAway.Init")
  @Parameter
  Clock clock;

  @SuppressWarnings("NullAway.Init")
  private ProbeRunner runner;

  @BeforeEach
  void openRunner() throws Exception {
    runner = new ProbeRunner(clock.select(), new TlsClients(), NO_REPEATS);
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
  void sendsEachPingWithAPayloadOfItsOwn() throws Exception {
    List<Frame> pings = new ArrayList<>();
    ProbeResult result =
        probe(
            "count = 4, interval = 5ms",
            peer -> {
              for (int i = 0; i < 4; i++) {
                pings.add(peer.pong());
              }
              peer.readFrame(Peer.CLOSE);
            });

    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pinged(4, 4, 0);
    assertThat(pings)
        .allSatisfy(
            ping -> {
              assertThat(ping.fin()).isTrue();
              assertThat(ping.masked()).isTrue();
              assertThat(ping.payload()).hasSize(Long.BYTES);
            });
    assertThat(pings.stream().map(ping -> ByteBuffer.wrap(ping.payload()).getLong()).distinct())
        .hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void sendsPayloadsOfTheLengthThatTheModuleWants(int count) throws Exception {
    for (int bytes : new int[] {8, 9, 125}) {
      ProbeResult result =
          probe(
              "count = %d, interval = 5ms, payload-bytes = %d".formatted(count, bytes),
              peer -> {
                for (int i = 0; i < count; i++) {
                  byte[] payload = peer.readFrame(Peer.PING).payload();
                  assertThat(payload).hasSize(bytes);
                  byte[] other = payload.clone();
                  other[bytes - 1] ^= 1;
                  peer.sendFrame(Peer.PONG, other);
                  peer.sendFrame(Peer.PONG, payload);
                }
                peer.readFrame(Peer.CLOSE);
              });
      if (bytes == Long.BYTES && count > 1) {
        continue; // The other payload may be that of a neighbour.
      }
      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING);
      assertThat(requireNonNull(result.pings()).unmatched()).isEqualTo(count);
    }
  }

  @Test
  void sendsOnScheduleToAServerThatAnswersLate() throws Exception {
    Duration interval = Duration.ofMillis(40);
    List<Long> arrivals = new ArrayList<>();
    ScriptedServer.Script script =
        peer -> {
          Peer.Head head = peer.readRequestHead();
          long start = System.nanoTime();
          peer.send(Peer.switchingProtocols(head));
          List<byte[]> payloads = new ArrayList<>();
          for (int i = 0; i < 5; i++) {
            payloads.add(peer.readFrame(Peer.PING).payload());
            arrivals.add(System.nanoTime() - start);
          }
          for (byte[] payload : payloads) {
            peer.sendFrame(Peer.PONG, payload);
          }
          peer.readFrame(Peer.CLOSE);
        };
    ProbeResult result = served("count = 5, interval = 40ms", script);

    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pinged(5, 5, 0);
    for (int i = 0; i < 5; i++) {
      assertThat(arrivals.get(i)).isGreaterThanOrEqualTo(interval.toNanos() * i);
    }
    assertThat(spread(result).maxNanos()).isGreaterThanOrEqualTo(interval.toNanos() * 4);
    assertThat(result.timings().nanos(PING)).isGreaterThanOrEqualTo(spread(result).maxNanos());
  }

  @Test
  void succeedsWhereNoMorePongsAreMissingThanMayBe() throws Exception {
    ProbeResult result =
        probe(
            "count = 5, interval = 20ms, timeout = 200ms, max-loss-ratio = 0.4",
            PingTrainTest::answerEveryOther);

    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pinged(5, 3, 0);
    assertThat(result.answered()).isTrue();
    assertThat(result.durationNanos()).isGreaterThanOrEqualTo(Duration.ofMillis(260).toNanos());
  }

  @Test
  void failsWhereMorePongsAreMissingThanMayBe() throws Exception {
    assertThat(
            probe(
                "count = 5, interval = 20ms, timeout = 200ms, max-loss-ratio = 0.2",
                PingTrainTest::answerEveryOther))
        .failedWith(FailureReason.PONG_LOSS, CONNECT, UPGRADE, PING)
        .pinged(5, 3, 0);
  }

  @Test
  void failsAsASinglePingDoesWhereNoPongComes() throws Exception {
    assertThat(
            probe(
                "count = 3, interval = 20ms, timeout = 100ms, max-loss-ratio = 1",
                peer -> peer.awaitEnd()))
        .failedWith(FailureReason.PONG_TIMEOUT, CONNECT, UPGRADE, PING)
        .pinged(3, 0, 0);
  }

  @Test
  void waitsForMissingPongsUntilTheDeadlineWhereThereIsNoTimeout() throws Exception {
    assertThat(
            probe(
                "count = 5, interval = 20ms, max-loss-ratio = 0.4",
                SHORT,
                PingTrainTest::answerEveryOther))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pinged(5, 3, 0)
        .tookAbout(SHORT);
    assertThat(probe("count = 5, interval = 20ms", SHORT, PingTrainTest::answerEveryOther))
        .failedWith(FailureReason.PONG_LOSS, CONNECT, UPGRADE, PING)
        .pinged(5, 3, 0)
        .tookAbout(SHORT);
  }

  @Test
  void failsAtADeadlineThatComesBeforeAllPingsAreSent() throws Exception {
    ProbeResult result =
        probe("count = 3, interval = 4s, max-loss-ratio = 0.5", SHORT, PingTrainTest::answer);

    assertThat(result)
        .failedWith(FailureReason.PONG_TIMEOUT, CONNECT, UPGRADE, PING)
        .pinged(1, 1, 0)
        .tookAbout(SHORT);
  }

  @Test
  void countsAPongThatComesAfterItsTimeoutAsLost() throws Exception {
    assertThat(
            probe(
                "count = 2, interval = 400ms, timeout = 100ms",
                peer -> {
                  byte[] payload = peer.readFrame(Peer.PING).payload();
                  Pause.of(Duration.ofMillis(250));
                  peer.sendFrame(Peer.PONG, payload);
                  peer.pong();
                  peer.readFrame(Peer.CLOSE);
                }))
        .failedWith(FailureReason.PONG_LOSS, CONNECT, UPGRADE, PING)
        .pinged(2, 1, 1);
  }

  @Test
  void countsDuplicatesAsUnmatched() throws Exception {
    assertThat(
            probe(
                "count = 3, interval = 5ms",
                peer -> {
                  for (int i = 0; i < 2; i++) {
                    byte[] payload = peer.pong().payload();
                    peer.sendFrame(Peer.PONG, payload);
                    peer.sendFrame(Peer.PONG, payload);
                  }
                  peer.pong();
                  peer.readFrame(Peer.CLOSE);
                }))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pinged(3, 3, 4);
  }

  @Test
  void takesAnswersInAnyOrder() throws Exception {
    assertThat(
            probe(
                "count = 3, interval = 5ms",
                peer -> {
                  byte[] first = peer.readFrame(Peer.PING).payload();
                  byte[] second = peer.readFrame(Peer.PING).payload();
                  byte[] third = peer.readFrame(Peer.PING).payload();
                  peer.sendFrame(Peer.PONG, third);
                  peer.sendFrame(Peer.PONG, first);
                  peer.sendFrame(Peer.PONG, second);
                  peer.readFrame(Peer.CLOSE);
                }))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pinged(3, 3, 0);
  }

  /** RFC 6455, section 5.5.3. */
  @Test
  void takesThePongsThatAreLeftOutForLost() throws Exception {
    ProbeResult result =
        probe(
            "count = 3, interval = 5ms, timeout = 100ms, max-loss-ratio = 0.7",
            peer -> {
              peer.readFrame(Peer.PING);
              peer.readFrame(Peer.PING);
              peer.pong();
              peer.readFrame(Peer.CLOSE);
            });

    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pinged(3, 1, 0);
    assertThat(spread(result).jitterNanos()).isEmpty();
  }

  @Test
  void takesNoPongForAPingThatItHasNotSent() throws Exception {
    assertThat(
            probe(
                "count = 2, interval = 100ms",
                peer -> {
                  byte[] payload = peer.pong().payload();
                  long number = ByteBuffer.wrap(payload).getLong();
                  peer.sendFrame(Peer.PONG, bytes(number + 1));
                  peer.sendFrame(Peer.PONG, bytes(number + 2));
                  peer.sendFrame(Peer.PONG, bytes(number - 1));
                  peer.pong();
                  peer.readFrame(Peer.CLOSE);
                }))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pinged(2, 2, 3);
  }

  @Test
  void answersThePingsOfTheServerInBetween() throws Exception {
    List<byte[]> pongs = new ArrayList<>();
    assertThat(
            probe(
                "count = 2, interval = 20ms",
                peer -> {
                  peer.sendFrame(Peer.PING, bytes(7));
                  Frame frame = peer.readFrame();
                  while (frame.opcode() != Peer.CLOSE) {
                    if (frame.opcode() == Peer.PING) {
                      peer.sendFrame(Peer.PONG, frame.payload());
                    } else {
                      pongs.add(frame.payload());
                    }
                    frame = peer.readFrame();
                  }
                }))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pinged(2, 2, 0);
    assertThat(pongs).containsExactly(bytes(7));
  }

  @Test
  void failsWhereTheServerSaysCloseInBetween() throws Exception {
    assertThat(
            probe(
                "count = 3, interval = 100ms, max-loss-ratio = 0.5",
                peer -> {
                  peer.pong();
                  peer.sendFrame(Peer.CLOSE, Peer.status(1001));
                  peer.awaitEnd();
                }))
        .failedWith(FailureReason.CLOSED_BY_PEER, CONNECT, UPGRADE, PING)
        .pinged(1, 1, 0);
  }

  @Test
  void succeedsWhereTheServerSaysCloseOnceEnoughPongsCame() throws Exception {
    assertThat(
            probe(
                "count = 2, interval = 10ms, max-loss-ratio = 0.5",
                peer -> {
                  peer.readFrame(Peer.PING);
                  peer.pong();
                  peer.sendFrame(Peer.CLOSE, Peer.status(1001));
                  peer.awaitEnd();
                }))
        .succeededAfter(CONNECT, UPGRADE, PING)
        .pinged(2, 1, 0);
  }

  @Test
  void isCancelledInBetween() throws Exception {
    CompletableFuture<Boolean> pinged = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.readFrame(Peer.PING);
          pinged.complete(true);
          peer.readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeRunner.Running running =
          runner.start(
              ProbeRunner.request(
                  server.ws("/"),
                  AMPLE,
                  Modules.of("ping { count = 3, interval = 4s, required = false }")),
              each -> {});
      ProbeRunner.await(pinged);
      running.cancel();
      assertThat(running.result())
          .failedWith(FailureReason.CANCELLED, CONNECT, UPGRADE, PING)
          .pinged(1, 0, 0);
    }
  }

  @Test
  void timesEachPingByItself() throws Exception {
    Witness slow = new Witness();
    Witness quick = new Witness();
    ScriptedServer.Script script =
        peer -> {
          byte[] first = slow.awaitPing(peer);
          Pause.of(Duration.ofMillis(150));
          slow.answers(() -> peer.sendFrame(Peer.PONG, first));
          quick.allows();
          byte[] second = peer.readFrame(Peer.PING).payload();
          quick.asked();
          quick.answers(() -> peer.sendFrame(Peer.PONG, second));
          peer.readFrame(Peer.CLOSE);
        };
    ProbeResult result = served("count = 2, interval = 400ms", script);

    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pinged(2, 2, 0);
    assertThat(requireNonNull(result.roundTrip()).nanos()).isEqualTo(spread(result).minNanos());
    if (clock != Clock.NIO_LOOP) {
      quick.agreesWith(requireNonNull(result.roundTrip()));
    }
    assertThat(spread(result).maxNanos()).isGreaterThanOrEqualTo(slow.shortest());
    if (clock == Clock.KERNEL) {
      slow.takes(spread(result).maxNanos());
    }
  }

  @Test
  void timesPongsThatWaitForTheLoop() throws Exception {
    Witness first = new Witness();
    Witness second = new Witness();
    ScriptedServer.Script script =
        peer -> {
          byte[] one = first.awaitPing(peer);
          second.allows();
          byte[] two = peer.readFrame(Peer.PING).payload();
          second.asked();
          try (Stall stall = runner.stall()) {
            first.answers(() -> peer.sendFrame(Peer.PONG, one));
            Pause.of(STALL);
            second.answers(() -> peer.sendFrame(Peer.PONG, two));
            stall.goIn(STALL);
            peer.readFrame(Peer.CLOSE);
          }
        };
    ProbeResult result = served("count = 2, interval = 10ms", script);

    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pinged(2, 2, 0);
    second.agreesWith(requireNonNull(result.roundTrip()));
    if (clock == Clock.KERNEL) {
      second.confirms(requireNonNull(result.roundTrip()));
    }
  }

  /** That the loop was late to read it is not the peer's fault. */
  @Test
  void takesAPongThatCameInTimeButWasReadLate() throws Exception {
    for (int count : new int[] {1, 2}) {
      ProbeResult result =
          probe(
              "count = %d, interval = 400ms, timeout = 200ms".formatted(count),
              peer -> {
                byte[] payload = peer.readFrame(Peer.PING).payload();
                try (Stall stall = runner.stall()) {
                  peer.sendFrame(Peer.PONG, payload);
                  stall.goIn(STALL);
                }
                for (int i = 1; i < count; i++) {
                  peer.pong();
                }
                peer.readFrame(Peer.CLOSE);
              });
      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pinged(count, count, 0);
    }
  }

  private static void answerEveryOther(Peer peer) throws Exception {
    boolean answers = true;
    for (Frame frame = peer.readFrame(); frame.opcode() == Peer.PING; frame = peer.readFrame()) {
      if (answers) {
        peer.sendFrame(Peer.PONG, frame.payload());
      }
      answers = !answers;
    }
  }

  private static void answer(Peer peer) throws Exception {
    for (Frame frame = peer.readFrame(); frame.opcode() == Peer.PING; frame = peer.readFrame()) {
      peer.sendFrame(Peer.PONG, frame.payload());
    }
  }

  private static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  private static RoundTripSpread spread(ProbeResult result) {
    return requireNonNull(requireNonNull(result.pings()).spread(), result.toString());
  }

  private ProbeResult probe(String ping, ScriptedServer.Script behindTheUpgrade) throws Exception {
    return probe(ping, AMPLE, behindTheUpgrade);
  }

  private ProbeResult probe(String ping, Duration limit, ScriptedServer.Script behindTheUpgrade)
      throws Exception {
    return served(
        ping,
        limit,
        peer -> {
          peer.acceptUpgrade();
          behindTheUpgrade.serve(peer);
        });
  }

  private ProbeResult served(String ping, ScriptedServer.Script script) throws Exception {
    return served(ping, AMPLE, script);
  }

  private ProbeResult served(String ping, Duration limit, ScriptedServer.Script script)
      throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      return runner
          .start(
              ProbeRunner.request(server.ws("/"), limit, Modules.of("ping { " + ping + " }")),
              each -> {})
          .result();
    }
  }
}
