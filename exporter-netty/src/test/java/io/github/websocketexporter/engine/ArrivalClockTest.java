package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.NO_REPEATS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.engine.ProbeRunner.Stall;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.Witness;
import io.github.websocketexporter.transport.TlsClients;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.epoll.EpollIoHandler;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Round trips whose answer lies in the socket while the event loop does something else: what is
 * reported, less its uncertainty, is never more than what the peer saw; and with the kernel's clock
 * it is what the peer saw.
 */
@ParameterizedClass
@EnumSource(Clock.class)
class ArrivalClockTest {
  private static final Duration STALL = Duration.ofMillis(300);
  private static final byte[] DATA = Peer.frame(Peer.TEXT, new byte[] {'h', 'i'});
  private static final int MANY = 64;

  /** Less than {@link #MANY}, so that one wait cannot report all of them. */
  private static final int FEW_EVENTS = 8;

  @SuppressWarnings("NullAway.Init")
  @TempDir
  static Path directory;

  @SuppressWarnings("NullAway.Init")
  private static Certificates certificates;

  @SuppressWarnings("NullAway.Init")
  @Parameter
  Clock clock;

  private final Witness witness = new Witness();

  @SuppressWarnings("NullAway.Init")
  private ProbeRunner runner;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(directory);
  }

  @BeforeEach
  void openRunner() throws Exception {
    runner = new ProbeRunner(clock.select(), certificates.trusted(TlsClients::new), NO_REPEATS);
    warmUp();
  }

  /** The first probe of a loop loads classes; that time is not what is tested. */
  private void warmUp() throws Exception {
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

  /** What is done to a connection whose PING has come. */
  @FunctionalInterface
  private interface PingScript {
    void serve(Peer peer, byte[] payload) throws Exception;
  }

  @Test
  void isRightWhereNothingIsInTheWay() throws Exception {
    ProbeResult result =
        pinged(
            (peer, payload) -> {
              Pause.of(Duration.ofMillis(50));
              witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
              peer.readFrame(Peer.CLOSE);
            });
    if (clock != Clock.NIO_LOOP) {
      // A thread that gets no CPU when its sleep ends does not see that, without TCP_INFO.
      witness.agreesWith(roundTrip(result));
    }
    assertThat(roundTrip(result).nanos()).isGreaterThanOrEqualTo(witness.shortest());
    assertThat(roundTrip(result).clock()).isEqualTo(clock.label());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void thePongComesWhileTheLoopIsStalled(String scheme) throws Exception {
    assertMeasured(
        pinged(
            scheme,
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                stall.goIn(STALL);
                peer.readFrame(Peer.CLOSE);
              }
            }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void theLoopIsStalledForAWhileBeforeThePongComesAndAfter(String scheme) throws Exception {
    assertMeasured(
        pinged(
            scheme,
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                Pause.of(STALL);
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                stall.goIn(STALL);
                peer.readFrame(Peer.CLOSE);
              }
            }));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "wss"})
  void theUpgradeEndsWhenItsAnswerComes(String scheme) throws Exception {
    ScriptedServer.Script script =
        peer -> {
          Peer.Head head = peer.readRequestHead();
          witness.asked();
          try (Stall stall = runner.stall()) {
            witness.answers(() -> peer.send(Peer.switchingProtocols(head)));
            stall.goIn(STALL);
            peer.pong();
            peer.readFrame(Peer.CLOSE);
          }
        };
    witness.allows();
    ProbeResult result = served(scheme, script);
    long nanos = result.timings().nanos(Phase.UPGRADE);
    if (clock == Clock.KERNEL) {
      witness.takes(nanos);
    } else {
      assertThat(nanos).isGreaterThanOrEqualTo(STALL.toNanos());
    }
  }

  @Test
  void dataIsReadBeforeThePong() throws Exception {
    assertMeasured(
        pinged(
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                peer.send(DATA);
                Pause.of(STALL);
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                stall.goIn(STALL);
                peer.readFrame(Peer.CLOSE);
              }
            }));
  }

  @Test
  void dataIsReadBehindThePong() throws Exception {
    ProbeResult result =
        pinged(
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                Pause.of(STALL);
                peer.send(DATA);
                stall.goIn(Duration.ZERO);
                peer.readFrame(Peer.CLOSE);
              }
            });
    witness.agreesWith(roundTrip(result));
    assertThat(roundTrip(result).uncertaintyNanos()).isGreaterThanOrEqualTo(STALL.toNanos() / 2);
  }

  /** The server of the JDK sends a KeyUpdate then: a record of the handshake, as a ticket is. */
  @Test
  void aRecordOfTheHandshakeIsReadBeforeThePong() throws Exception {
    assertMeasured(
        pinged(
            "wss",
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                ((SSLSocket) peer.socket()).startHandshake();
                Pause.of(STALL);
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                stall.goIn(STALL);
                peer.readFrame(Peer.CLOSE);
              }
            }));
  }

  @Test
  void aRecordOfTheHandshakeIsReadBehindThePong() throws Exception {
    ProbeResult result =
        pinged(
            "wss",
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                Pause.of(STALL);
                ((SSLSocket) peer.socket()).startHandshake();
                stall.goIn(Duration.ZERO);
                peer.readFrame(Peer.CLOSE);
              }
            });
    witness.agreesWith(roundTrip(result));
    assertThat(roundTrip(result).uncertaintyNanos()).isGreaterThanOrEqualTo(STALL.toNanos() / 2);
  }

  @Test
  void dataIsReadAroundThePong() throws Exception {
    ProbeResult result =
        pinged(
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                peer.send(DATA);
                Pause.of(STALL);
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                Pause.of(STALL);
                peer.send(Arrays.copyOf(DATA, 1));
                stall.goIn(STALL);
                peer.readFrame(Peer.CLOSE);
              }
            });
    witness.agreesWith(roundTrip(result));
  }

  @Test
  void thePongIsReadInTwoPieces() throws Exception {
    assertMeasured(
        pinged(
            (peer, payload) -> {
              byte[] pong = Peer.frame(Peer.PONG, payload);
              peer.send(Arrays.copyOf(pong, 3));
              Pause.of(STALL);
              try (Stall stall = runner.stall()) {
                witness.answers(() -> peer.send(Arrays.copyOfRange(pong, 3, pong.length)));
                stall.goIn(STALL);
                peer.readFrame(Peer.CLOSE);
              }
            }));
  }

  @Test
  void moreIsQueuedBeforeThePongThanOneReadTakes() throws Exception {
    assertMeasured(
        pinged(
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                peer.send(plenty());
                Pause.of(STALL);
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                stall.goIn(STALL);
                peer.readFrame(Peer.CLOSE);
              }
            }));
  }

  @Test
  void moreIsQueuedAroundThePongThanOneReadTakes() throws Exception {
    ProbeResult result =
        pinged(
            (peer, payload) -> {
              try (Stall stall = runner.stall()) {
                peer.send(plenty());
                Pause.of(STALL);
                witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
                Pause.of(STALL);
                peer.send(plenty());
                stall.goIn(STALL);
                peer.readFrame(Peer.CLOSE);
              }
            });
    witness.agreesWith(roundTrip(result));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theConnectionEndsRightBehindThePong(boolean reset) throws Exception {
    assertMeasured(pinged((peer, payload) -> endBehind(peer, payload, new byte[0], reset)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theConnectionEndsBehindPlentyAndThePong(boolean reset) throws Exception {
    assertMeasured(pinged((peer, payload) -> endBehind(peer, payload, plenty(), reset)));
  }

  private void endBehind(Peer peer, byte[] payload, byte[] before, boolean reset) throws Exception {
    try (Stall stall = runner.stall()) {
      peer.send(before);
      Pause.of(STALL); // Until all is delivered, however narrow the window is.
      witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
      end(peer, reset);
      stall.goIn(STALL);
      peer.awaitEnd();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theConnectionEndsBeforeThePong(boolean reset) throws Exception {
    ProbeResult result =
        run(
            "ws",
            whole(
                (peer, payload) -> {
                  try (Stall stall = runner.stall()) {
                    peer.send(plenty());
                    end(peer, reset);
                    stall.goIn(Duration.ZERO);
                    peer.awaitEnd();
                  }
                }));
    assertThat(result)
        .failedWith(
            reset ? FailureReason.CONNECTION_RESET : FailureReason.CLOSED_BY_PEER,
            Phase.CONNECT,
            Phase.UPGRADE,
            Phase.PING)
        .pongMissing(0);
  }

  private static void end(Peer peer, boolean reset) throws Exception {
    if (reset) {
      peer.reset();
    } else {
      peer.sendEof();
    }
  }

  @Test
  void moreProbesAreAnsweredThanOneWaitReports() throws Exception {
    runner.close();
    runner = new ProbeRunner(withFewEvents(), certificates.trusted(TlsClients::new), NO_REPEATS);
    warmUp();
    Map<String, Witness> witnesses = new ConcurrentHashMap<>();
    CountDownLatch pinged = new CountDownLatch(MANY);
    CountDownLatch stalled = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(MANY);
    ScriptedServer.Script script =
        peer -> {
          Witness own = new Witness();
          own.allows();
          Peer.Head head = peer.acceptUpgrade();
          witnesses.put(head.requestTarget(), own);
          byte[] payload = peer.readFrame(Peer.PING).payload();
          own.asked();
          pinged.countDown();
          awaited(stalled);
          Pause.of(Duration.ofMillis(5L * witnesses.size()));
          own.answers(() -> peer.sendFrame(Peer.PONG, payload));
          answered.countDown();
          peer.readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      List<Running> probes = new ArrayList<>();
      for (int i = 0; i < MANY; i++) {
        probes.add(runner.start(server.ws("/" + i), AMPLE));
      }
      awaited(pinged);
      try (Stall stall = runner.stall()) {
        stalled.countDown();
        awaited(answered);
        stall.goIn(STALL);
      }
      for (int i = 0; i < MANY; i++) {
        assertMeasured(probes.get(i).result(), requireNonNull(witnesses.get("/" + i)));
      }
    }
  }

  private Transport withFewEvents() {
    Transport base = clock.select();
    return clock == Clock.NIO_LOOP
        ? base
        : new Transport(
            base.name(),
            EpollIoHandler.newFactory(FEW_EVENTS, DefaultSelectStrategyFactory.INSTANCE),
            FEW_EVENTS - 2,
            base.probeChannels(),
            base.socketChannels(),
            base.serverChannels(),
            base.datagramChannels(),
            base.arrivals());
  }

  private static void awaited(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
  }

  /** More than any buffer for one read: 100 KiB of data frames. */
  private static byte[] plenty() {
    byte[] frame = Peer.frame(Peer.BINARY, new byte[1_020]);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < 100; i++) {
      bytes.writeBytes(frame);
    }
    return bytes.toByteArray();
  }

  /** The kernel's clock is right and sure of it; the loop's is late and says so. */
  private void assertMeasured(ProbeResult result) {
    assertMeasured(result, witness);
  }

  private void assertMeasured(ProbeResult result, Witness seen) {
    RoundTrip roundTrip = roundTrip(result);
    seen.agreesWith(roundTrip);
    if (clock == Clock.KERNEL) {
      seen.confirms(roundTrip);
      assertThat(roundTrip.clock()).isEqualTo(ArrivalClock.KERNEL);
      assertThat(roundTrip.uncertaintyNanos()).isLessThan(STALL.toNanos() / 3);
    } else {
      assertThat(roundTrip.clock()).isEqualTo(ArrivalClock.LOOP);
      assertThat(roundTrip.nanos()).isGreaterThanOrEqualTo(STALL.toNanos());
    }
  }

  private static RoundTrip roundTrip(ProbeResult result) {
    return requireNonNull(result.roundTrip(), result.toString());
  }

  private ProbeResult pinged(PingScript script) throws Exception {
    return pinged("ws", script);
  }

  private ProbeResult pinged(String scheme, PingScript script) throws Exception {
    return served(scheme, whole(script));
  }

  private ScriptedServer.Script whole(PingScript script) {
    return peer -> script.serve(peer, witness.awaitPing(peer));
  }

  /** A probe that succeeds, of a server that does to each connection what is scripted. */
  private ProbeResult served(String scheme, ScriptedServer.Script script) throws Exception {
    ProbeResult result = run(scheme, script);
    assertThat(result.success()).as("%s", result).isTrue();
    return result;
  }

  private ProbeResult run(String scheme, ScriptedServer.Script script) throws Exception {
    ScriptedServer.Script outer =
        scheme.equals("ws")
            ? script
            : TlsPeer.serving(
                certificates.serverContext(), connection -> script.serve(connection.inside()));
    try (ScriptedServer server = ScriptedServer.start(outer)) {
      return runner.probe(scheme + "://127.0.0.1:" + server.port() + "/", AMPLE);
    }
  }
}
