package io.github.websocketexporter.integration;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import io.github.websocketexporter.integration.ExporterProcess.Launcher;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An exporter whose time of day is set back and forth all the while that it probes: what it reads
 * jumps, what the kernel stamps does not, and the clock that only goes forward is left alone.
 * Whatever the steps, a round trip is not shorter than the target took for it, nor a probe longer
 * than its scrape.
 */
class SteppedClockIT {
  private static final Path SOURCE =
      Path.of(System.getProperty("basedir", "."), "src/test/c/stepped-clock.c").toAbsolutePath();

  /**
   * What is added to the time of day. A clock that is really set takes the kernel's stamps along,
   * or is seen to drift; here it does not, and only what takes longer than a target's answer is
   * seen.
   */
  private static final List<Duration> OFFSETS =
      Stream.of(3_600_000, -3_600_000, 1_000, -1_000, 50, -50, 0).map(Duration::ofMillis).toList();

  private static final Duration BETWEEN_STEPS = Duration.ofMillis(7);
  private static final int LEAST_STEPS = 100;

  /** What the target takes. */
  private static final Duration DELAY = Duration.ofMillis(20);

  private static final int PROBES = 500;
  private static final int AT_A_TIME = 5;
  private static final String ROUND_TRIP = "probe_websocket_ping_pong_duration_seconds";
  private static final String CONFIG =
      "websocket-exporter.modules.held { extends = websocket_continuous, ping.interval = 100ms }\n";

  @TempDir private Path directory;

  private final AtomicInteger steps = new AtomicInteger();
  private volatile boolean over;
  private ByteBuffer offset = ByteBuffer.allocate(Long.BYTES);
  private CompletableFuture<?> stepping = CompletableFuture.completedFuture(null);

  /** A scrape, and how long it took by the scraper's own clock, in seconds. */
  private record Scrape(Answer answer, double seconds) {}

  @BeforeEach
  void setTheClockAllTheTime() throws Exception {
    compile();
    try (FileChannel file = FileChannel.open(directory.resolve("offset"), CREATE, READ, WRITE)) {
      offset = file.map(MapMode.READ_WRITE, 0, Long.BYTES).order(ByteOrder.nativeOrder());
    }
    stepping = CompletableFuture.runAsync(this::setUntilOver);
  }

  @AfterEach
  void leaveTheClockAlone() {
    over = true;
    stepping.join();
  }

  @Test
  void isNotSeenInAnyDuration() throws Exception {
    Path config = Files.writeString(directory.resolve("exporter.conf"), CONFIG);
    try (ScriptedServer target = ScriptedServer.start(SteppedClockIT::answerLate);
        ExporterProcess exporter = launcher().start("--config.file=" + config)) {
      await().until(() -> exporter.get("/-/ready").status() == 200);
      HeldTarget held = new HeldTarget(exporter, "held", target.ws("/held"));
      held.awaitUp(1);
      int before = steps.get();

      List<Scrape> scrapes = scrape(exporter, target.ws("/"));
      assertThat(scrapes).allSatisfy(SteppedClockIT::assertTrue);
      assertThat(scrapes.stream().map(SteppedClockIT::date).max(Comparator.naturalOrder()))
          .as("the latest time of day, an hour and more after the earliest")
          .hasValueSatisfying(
              latest ->
                  assertThat(scrapes)
                      .extracting(SteppedClockIT::date)
                      .anyMatch(date -> date.isBefore(latest.minusHours(1))));

      assertThat(steps.get() - before).as("steps").isGreaterThan(LEAST_STEPS);
      Answer last = held.scrape();
      assertThat(last.sample("probe_success")).isEqualTo(1);
      assertThat(last.sample("probe_websocket_ping_pong_duration_seconds"))
          .isGreaterThanOrEqualTo(DELAY.toNanos() / 1e9);
      assertThat(last.sample("probe_websocket_pings_lost_total")).isZero();
      assertThat(HeldTarget.disconnects(last)).isZero();
    }
  }

  private static void answerLate(Peer peer) throws IOException {
    peer.acceptUpgrade();
    Frame frame = peer.readFrame();
    while (frame.opcode() == Peer.PING) {
      Pause.of(DELAY);
      peer.sendFrame(Peer.PONG, frame.payload());
      frame = peer.readFrame();
    }
  }

  private Launcher launcher() {
    return new Launcher(
        Jdk.current(),
        List.of(),
        List.of(
            "env",
            "LD_PRELOAD=" + directory.resolve("stepped-clock.so"),
            "STEPPED_CLOCK=" + directory.resolve("offset")));
  }

  private static List<Scrape> scrape(ExporterProcess exporter, String target) {
    List<Scrape> scrapes = new ArrayList<>();
    Deque<CompletableFuture<Scrape>> running = new ArrayDeque<>();
    for (int i = 0; i < PROBES; i++) {
      if (running.size() == AT_A_TIME) {
        scrapes.add(running.remove().join());
      }
      long asked = System.nanoTime();
      running.add(
          exporter
              .probeInBackground(target)
              .thenApply(answer -> new Scrape(answer, (System.nanoTime() - asked) / 1e9)));
    }
    running.forEach(scrape -> scrapes.add(scrape.join()));
    return scrapes;
  }

  private static void assertTrue(Scrape scrape) {
    Answer answer = scrape.answer();
    assertThat(answer.sample("probe_success")).as(answer.body()).isEqualTo(1);
    assertThat(answer.sample(ROUND_TRIP))
        .isBetween(DELAY.toNanos() / 1e9, answer.sample("probe_duration_seconds"));
    assertThat(answer.sample("probe_duration_seconds")).isLessThanOrEqualTo(scrape.seconds());
  }

  private static ZonedDateTime date(Scrape scrape) {
    return ZonedDateTime.parse(
        scrape.answer().headers().firstValue("date").orElseThrow(),
        DateTimeFormatter.RFC_1123_DATE_TIME);
  }

  private void setUntilOver() {
    while (!over) {
      offset.putLong(0, OFFSETS.get(steps.getAndIncrement() % OFFSETS.size()).toNanos());
      Pause.of(BETWEEN_STEPS);
    }
  }

  private void compile() throws IOException, InterruptedException {
    String library = directory.resolve("stepped-clock.so").toString();
    Process compiler;
    try {
      compiler =
          new ProcessBuilder(
                  "cc", "-O2", "-shared", "-fPIC", "-o", library, SOURCE.toString(), "-ldl")
              .inheritIO()
              .start();
    } catch (IOException e) {
      abort("There is no C compiler: install gcc and libc6-dev with apt.");
      return;
    }
    assertThat(compiler.waitFor()).isZero();
  }
}
