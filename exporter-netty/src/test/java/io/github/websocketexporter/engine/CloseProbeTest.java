package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.End;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** How the WebSocket of a probe ends, seen from the server. */
class CloseProbeTest extends EngineTest {
  private static final byte[] EMPTY = {};

  CloseProbeTest(TransportKind kind) throws SSLException {
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
  void sendsNoPongBehindItsClose() throws Exception {
    CompletableFuture<List<Integer>> frames = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          byte[] payload = peer.readFrame(Peer.PING).payload();
          ByteArrayOutputStream atOnce = new ByteArrayOutputStream();
          for (int i = 0; i < 20; i++) {
            atOnce.write(Peer.frame(Peer.PING, EMPTY));
          }
          atOnce.write(Peer.frame(Peer.PONG, payload));
          peer.send(atOnce.toByteArray());
          List<Integer> opcodes = new ArrayList<>();
          try {
            while (true) {
              opcodes.add(peer.readFrame().opcode());
            }
          } catch (IOException e) {
            frames.complete(opcodes);
          }
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING);
      assertThat(await(frames))
          .contains(Peer.PONG)
          .endsWith(Peer.CLOSE)
          .containsOnlyOnce(Peer.CLOSE);
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

  @ParameterizedTest
  @ValueSource(ints = {1000, 1001, 1003, 1011, 1014, 3000, 4999})
  void answersACloseWithItsCode(int code) throws Exception {
    assertThat(sentFor(Peer.frame(Peer.CLOSE, Peer.status(code, "reason"))))
        .containsExactly(close(code));
  }

  @Test
  void answersACloseWithoutACodeWithOneWithout() throws Exception {
    assertThat(sentFor(Peer.frame(Peer.CLOSE, EMPTY))).containsExactly("8");
  }

  @Test
  void ignoresWhatComesBehindAClose() throws Exception {
    assertThat(
            sentFor(
                Peer.frame(Peer.CLOSE, Peer.status(1001)),
                Peer.frame(Peer.PING, EMPTY),
                Peer.frame(Peer.CLOSE, Peer.status(1000)),
                Peer.maskedFrame(Peer.TEXT, EMPTY)))
        .containsExactly(close(1001));
  }

  /** Sends the frames in place of the PONG, and the PONG behind them; says what came back. */
  private List<String> sentFor(byte[]... frames) throws Exception {
    CompletableFuture<List<String>> sent = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          Frame ping = peer.readFrame(Peer.PING);
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          for (byte[] frame : frames) {
            bytes.write(frame);
          }
          bytes.write(Peer.frame(Peer.PONG, ping.payload()));
          peer.send(bytes.toByteArray());
          sent.complete(framesUntilTheEnd(peer));
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/")))
          .failedWith(FailureReason.CLOSED_BY_PEER, CONNECT, UPGRADE, PING)
          .pongMissing(0);
      return await(sent);
    }
  }

  @Test
  void succeedsWhenACloseComesBehindThePong() throws Exception {
    CompletableFuture<List<String>> sent = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          bytes.write(Peer.frame(Peer.PONG, peer.readFrame(Peer.PING).payload()));
          bytes.write(Peer.frame(Peer.CLOSE, Peer.status(1001)));
          peer.send(bytes.toByteArray());
          sent.complete(framesUntilTheEnd(peer));
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
      assertThat(await(sent)).containsExactly(close(1000));
    }
  }

  @Test
  void failsWhenACloseComesInOneSegmentWithThe101() throws Exception {
    CompletableFuture<List<String>> sent = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          bytes.write(Peer.switchingProtocols(peer.readRequestHead()).getBytes(ISO_8859_1));
          bytes.write(Peer.frame(Peer.CLOSE, Peer.status(1013)));
          peer.send(bytes.toByteArray());
          peer.readFrame(Peer.PING);
          sent.complete(framesUntilTheEnd(peer));
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/")))
          .failedWith(FailureReason.CLOSED_BY_PEER, CONNECT, UPGRADE, PING)
          .pongMissing(0);
      assertThat(await(sent)).containsExactly(close(1013));
    }
  }

  @Test
  void saysNothingAfterItsClose() throws Exception {
    CompletableFuture<List<String>> sent = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.readFrame(Peer.PING);
          String close = text(peer.readFrame());
          peer.sendFrame(Peer.PING, EMPTY);
          peer.sendFrame(0x3, EMPTY);
          peer.sendFrame(Peer.CLOSE, Peer.status(1000));
          List<String> all = new ArrayList<>(List.of(close));
          all.addAll(framesUntilTheEnd(peer));
          sent.complete(all);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"), ProbeRunner.SHORT))
          .failedWith(FailureReason.PONG_TIMEOUT, CONNECT, UPGRADE, PING);
      assertThat(await(sent)).containsExactly(close(1000));
    }
  }

  @Test
  void answersACloseOnlyAfterTheResult() throws Exception {
    CountDownLatch arrival = new CountDownLatch(1);
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.readFrame(Peer.PING);
          peer.sendFrame(Peer.CLOSE, Peer.status(1001));
          assertThat(text(peer.readFrame())).isEqualTo(close(1001));
          arrival.countDown();
        };
    AtomicBoolean early = new AtomicBoolean(true);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      runner
          .start(
              ProbeRunner.request(server.ws("/"), ProbeRunner.AMPLE, ProbeRunner.PREFER_IP4),
              each -> early.set(cameWithin(arrival, 150)))
          .result();
      assertThat(early).isFalse();
      assertThat(arrival.await(5_000, MILLISECONDS)).isTrue();
    }
  }

  @Test
  void resetsTheConnectionOfAServerThatSaysCloseAndDoesNotCloseIt() throws Exception {
    CompletableFuture<End> end = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.sendFrame(Peer.CLOSE, Peer.status(1001));
          end.complete(peer.awaitEnd());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/")))
          .failedWith(FailureReason.CLOSED_BY_PEER, CONNECT, UPGRADE, PING);
      assertThat(await(end)).isEqualTo(End.RESET);
    }
  }

  @ParameterizedTest
  @MethodSource
  void logsTheCodeOfAClose(byte[] close, String code) throws Exception {
    assertThat(logged(close)).contains("close=\"" + code + "\"").doesNotContain("c4n4ry");
  }

  static Stream<Arguments> logsTheCodeOfAClose() {
    return Stream.of(
        argumentSet("with a reason", Peer.frame(Peer.CLOSE, Peer.status(1001, "c4n4ry")), "1001"),
        argumentSet("without a code", Peer.frame(Peer.CLOSE, EMPTY), "1005"));
  }

  @Test
  void logsNoCodeWhereNoneCame() throws Exception {
    assertThat(logged(Peer.frame(Peer.CLOSE, Peer.status(5000)))).doesNotContain("close=");
    assertThat(logged(EMPTY)).doesNotContain("close=");
  }

  /** The log line's fields of a probe whose server sends {@code bytes} and goes away. */
  private String logged(byte[] bytes) throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.list = new CopyOnWriteArrayList<>();
    Logger logger = (Logger) LoggerFactory.getLogger(ProbeLog.class);
    Level level = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(log);
    log.start();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.readFrame(Peer.PING);
          peer.send(bytes);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      runner.probe(server.ws("/"));
      Awaitility.await().until(() -> log.list.size() == 1);
      return String.valueOf(log.list.get(0).getKeyValuePairs());
    } finally {
      logger.detachAppender(log);
      logger.setLevel(level);
    }
  }

  /** Says that no more will come, and reads all that comes. */
  private static List<String> framesUntilTheEnd(Peer peer) throws IOException {
    peer.sendEof();
    List<String> frames = new ArrayList<>();
    try {
      while (true) {
        frames.add(text(peer.readFrame()));
      }
    } catch (EOFException e) {
      return frames;
    }
  }

  /** The opcode and the payload. */
  private static String text(Frame frame) {
    return Integer.toHexString(frame.opcode()) + HexFormat.of().formatHex(frame.payload());
  }

  private static String close(int code) {
    return "8" + HexFormat.of().toHexDigits((short) code);
  }

  private static boolean cameWithin(CountDownLatch latch, long millis) {
    try {
      return latch.await(millis, MILLISECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
