package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.Witness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An exporter whose process is stopped while the PONG comes. */
class StoppedProcessIT {
  private static final Duration STOP = Duration.ofSeconds(1);

  /** More than is read of a connection in one turn of the event loop. */
  private static final int MUCH = 32_768;

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path directory;

  private final Witness witness = new Witness();
  private final AtomicInteger repeats = new AtomicInteger();

  @Test
  void measuresWhatIsTrueWithTheKernelsClock() throws Exception {
    Answer answer = probed(ArrivalClock.KERNEL, this::answer, false);
    witness.confirms(roundTrip(answer, ArrivalClock.KERNEL));
    assertThat(answer.samples()).containsKey(clockInfo(ArrivalClock.KERNEL));
    assertThat(roundTrip(answer, ArrivalClock.KERNEL).uncertaintyNanos())
        .isLessThan(STOP.toNanos() / 2);
  }

  @Test
  void saysHowUnsureItIsWithTheLoopsClock() throws Exception {
    Answer answer = probed(ArrivalClock.LOOP, this::answer, false);
    witness.agreesWith(roundTrip(answer, ArrivalClock.LOOP));
    assertThat(answer.samples()).containsKey(clockInfo(ArrivalClock.LOOP));
    assertThat(roundTrip(answer, ArrivalClock.LOOP).nanos()).isGreaterThanOrEqualTo(STOP.toNanos());
    assertThat(repeats).hasValue(1);
  }

  @Test
  void measuresAgainWithTheLoopsClock() throws Exception {
    Answer answer = probed(ArrivalClock.LOOP, this::answer, true);
    assertThat(roundTrip(answer, ArrivalClock.LOOP).nanos()).isLessThan(STOP.toNanos() / 2);
    assertThat(answer.sample("probe_websocket_pings_sent")).isEqualTo(1);
    assertThat(repeats).hasValueBetween(1, 2);
  }

  @ParameterizedTest
  @EnumSource(ArrivalClock.class)
  void saysHowUnsureItIsWhereDataIsReadBehindThePong(ArrivalClock clock) throws Exception {
    PongScript script =
        (peer, pong) -> {
          answer(peer, pong);
          Pause.of(STOP);
          peer.sendFrame(Peer.TEXT, new byte[1]);
        };
    witness.agreesWith(roundTrip(probed(clock, script, false), clock));
  }

  @ParameterizedTest
  @EnumSource(ArrivalClock.class)
  void saysHowUnsureItIsWhereDataComesWithoutEndBehindThePong(ArrivalClock clock) throws Exception {
    PongScript script =
        (peer, pong) -> {
          answer(peer, pong);
          Thread feed = new Thread(() -> feed(peer), "feed");
          feed.setDaemon(true);
          feed.start();
        };
    witness.agreesWith(roundTrip(probed(clock, script, false), clock));
  }

  private static void feed(Peer peer) {
    try {
      while (true) {
        peer.sendFrame(Peer.TEXT, new byte[1]);
        Pause.of(Duration.ofMillis(1));
      }
    } catch (IOException e) {
      // The exporter has closed.
    }
  }

  @ParameterizedTest
  @EnumSource(ArrivalClock.class)
  void readsThePongThatCameBeforeTheDeadlineThatPassedMeanwhile(ArrivalClock clock)
      throws Exception {
    String limit = "--timeout=" + STOP.toMillis() / 2 + "ms";
    witness.agreesWith(roundTrip(probed(clock, this::answer, false, limit), clock));
  }

  @ParameterizedTest
  @EnumSource(ArrivalClock.class)
  void readsThePongAlsoBehindMuchElse(ArrivalClock clock) throws Exception {
    PongScript script =
        (peer, pong) -> {
          peer.sendFrame(Peer.TEXT, new byte[MUCH]);
          answer(peer, pong);
        };
    probed(clock, script, false, "--timeout=" + STOP.toMillis() / 2 + "ms");
  }

  /** What is sent while the process is stopped. */
  @FunctionalInterface
  private interface PongScript {
    void serve(Peer peer, byte[] payload) throws Exception;
  }

  private void answer(Peer peer, byte[] payload) throws Exception {
    witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
  }

  private Answer probed(
      ArrivalClock clock, PongScript script, boolean answersAgain, String... flags)
      throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter { transport = epoll, clock = %s }\n".formatted(label(clock)));
    List<String> all = new ArrayList<>(List.of(flags));
    all.add("--config.file=" + config);
    try (ExporterProcess exporter = ExporterProcess.start(all.toArray(String[]::new))) {
      ScriptedServer.Script whole =
          peer -> {
            byte[] payload = witness.awaitPing(peer);
            exporter.sigstop();
            script.serve(peer, payload);
            Pause.of(STOP);
            exporter.sigcont();
            answerAgain(peer, answersAgain);
          };
      try (ScriptedServer server = ScriptedServer.start(whole)) {
        Answer answer = exporter.probeInBackground(server.ws("/")).get();
        assertThat(answer.failure()).isEqualTo("none");
        return answer;
      }
    }
  }

  private void answerAgain(Peer peer, boolean answers) throws Exception {
    Frame frame = peer.readFrame();
    while (frame.opcode() == Peer.PING) {
      repeats.incrementAndGet();
      if (answers) {
        peer.sendFrame(Peer.PONG, frame.payload());
      }
      frame = peer.readFrame();
    }
  }

  private static RoundTrip roundTrip(Answer answer, ArrivalClock clock) {
    return new RoundTrip(
        nanos(answer.sample("probe_websocket_ping_pong_duration_seconds")),
        nanos(answer.sample("probe_websocket_ping_pong_uncertainty_seconds")),
        clock);
  }

  private static String clockInfo(ArrivalClock clock) {
    return "probe_websocket_ping_pong_clock_info{clock=\"%s\"}".formatted(label(clock));
  }

  private static String label(ArrivalClock clock) {
    return clock.name().toLowerCase(Locale.ROOT);
  }

  private static long nanos(double seconds) {
    return Math.round(seconds * 1e9);
  }
}
