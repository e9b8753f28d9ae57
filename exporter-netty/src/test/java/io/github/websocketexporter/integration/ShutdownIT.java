package io.github.websocketexporter.integration;

import static io.github.websocketexporter.integration.ExporterProcess.percentEncoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.KeptConnection;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar and the signals that end it. */
class ShutdownIT {
  private static final int PATIENCE_MILLIS = 20_000;

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path directory;

  private final CountDownLatch released = new CountDownLatch(1);

  @Test
  void servesForTheDelayThenAnswersWhatRunsAndExitsWithZero() throws Exception {
    try (ScriptedServer slow = ScriptedServer.start(this::answerOncePingIsReleased);
        ExporterProcess exporter = start("500ms");
        KeptConnection running = connect(exporter);
        KeptConnection idle = connect(exporter)) {
      await().until(() -> exporter.get("/-/ready").status() == 200);
      idle.sendGet("/-/ready");
      assertThat(idle.read()).startsWith("HTTP/1.1 200 ");
      running.sendGet("/probe?target=" + percentEncoded(slow.ws("/")));
      slow.awaitRequest();

      exporter.sigterm();

      await().until(() -> exporter.stderr().contains("msg=draining delay=500ms"));
      await().pollInterval(Duration.ofMillis(20)).until(() -> refusesConnections(exporter));
      assertThat(idle.closedSilently()).isTrue();
      assertThat(running.hasAnswer()).isFalse();
      assertThat(exporter.isAlive()).isTrue();
      released.countDown();
      assertThat(running.read()).startsWith("HTTP/1.1 200 ").contains("\nprobe_success 1.0\n");
      assertThat(running.isLast()).isTrue();
      assertThat(running.closedSilently()).isTrue();
      assertThat(exporter.exitCode()).isZero();
      assertThat(exporter.stderr()).endsWith("msg=stopped\n");
    }
  }

  /** They are told during the delay, as by Kubernetes, and then ask another one. */
  @Test
  void noScraperLosesARequest() throws Exception {
    try (ExporterProcess exporter = ExporterProcess.start();
        KeptConnection idle = connect(exporter)) {
      await().until(() -> exporter.get("/-/ready").status() == 200);
      idle.sendGet("/-/ready");
      assertThat(idle.read()).startsWith("HTTP/1.1 200 ");
      CountDownLatch scraped = new CountDownLatch(4);
      List<CompletableFuture<Integer>> scrapers =
          Stream.generate(() -> CompletableFuture.supplyAsync(() -> scrape(exporter, scraped)))
              .limit(scraped.getCount())
              .toList();
      assertThat(scraped.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isTrue();

      exporter.sigterm();

      await().until(() -> exporter.get("/-/ready").status() == 503);
      for (CompletableFuture<Integer> scraper : scrapers) {
        assertThat(scraper.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)).isPositive();
      }
      assertThat(idle.hasAnswer()).isFalse();
      assertThat(exporter.isAlive()).isTrue();
      assertThat(idle.closedSilently()).isTrue();
      assertThat(exporter.exitCode()).isZero();
    }
  }

  @Test
  void aPersonAtATerminalNeedNotAwaitTheDelay() throws Exception {
    try (ExporterProcess exporter = start("1h");
        KeptConnection idle = connect(exporter)) {
      exporter.sigint();

      assertThat(exporter.exitCode()).isZero();
      assertThat(idle.closedSilently()).isTrue();
      assertThat(exporter.stderr()).contains("msg=draining delay=0ms").endsWith("msg=stopped\n");
    }
  }

  @Test
  void withoutADelaySigtermEndsItAtOnce() throws Exception {
    try (ExporterProcess exporter = start("0s")) {
      exporter.sigterm();

      assertThat(exporter.exitCode()).isZero();
    }
  }

  @Test
  void aSecondSigtermAmidTheDelayEndsItAtOnceWithOne() throws Exception {
    endsAtOnce("1h", ExporterProcess::sigterm);
  }

  @Test
  void aSigintAmidTheDelayEndsItAtOnceWithOne() throws Exception {
    endsAtOnce("1h", ExporterProcess::sigint);
  }

  @Test
  void aSecondSigtermAmidAProbeEndsItAtOnceWithOne() throws Exception {
    endsAtOnce("0s", ExporterProcess::sigterm);
  }

  private void endsAtOnce(String delay, Consumer<ExporterProcess> second) throws Exception {
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignoreUpgrade);
        ExporterProcess exporter = start(delay, "--timeout=1h");
        KeptConnection running = connect(exporter)) {
      running.sendGet("/probe?target=" + percentEncoded(silent.ws("/")));
      silent.awaitRequest();
      exporter.sigterm();
      await().until(() -> exporter.stderr().contains("msg=draining"));
      assertThat(exporter.isAlive()).isTrue();

      second.accept(exporter);

      assertThat(exporter.exitCode()).isEqualTo(1);
      assertThat(exporter.stderr())
          .doesNotContain("msg=stopped")
          .endsWith(" level=warn msg=\"stopped at once by a second signal\"\n");
    }
  }

  @Test
  void aSigtermAmidTheWarmUpEndsThat() throws Exception {
    Path config = config("warm-up = 1m, web.shutdown-delay = 0s");
    try (ExporterProcess exporter = ExporterProcess.start("--config.file=" + config)) {
      exporter.sigterm();

      assertThat(exporter.exitCode()).isZero();
      assertThat(exporter.stderr()).doesNotContain("msg=ready").endsWith("msg=stopped\n");
    }
  }

  /** The JVM leaves signals to the system, which ends it. */
  @Test
  void runsWhereItCannotHandleSignals() throws Exception {
    try (ExporterProcess exporter = ExporterProcess.on(Jdk.current(), "-Xrs").start()) {
      assertThat(exporter.probe(exporter.ownWebSocket()).failure()).isEqualTo("none");
      assertThat(exporter.stderr())
          .contains("level=info msg=\"signals are not handled: each ends the process at once\"");

      exporter.sigterm();

      assertThat(exporter.exitCode()).isEqualTo(128 + 15);
    }
  }

  /**
   * Scrapes without a pause until it has been told a number of times that the connection ends, and
   * connects anew each time.
   *
   * @return how often it did so
   */
  private static int scrape(ExporterProcess exporter, CountDownLatch begun) {
    int last = 0;
    boolean hasBegun = false;
    try {
      KeptConnection connection = connect(exporter);
      while (last < 20) {
        connection.sendGet("/probe?target=" + percentEncoded(exporter.ownWebSocket()));
        assertThat(connection.read()).contains("\nprobe_success 1.0\n");
        if (!hasBegun) {
          hasBegun = true;
          begun.countDown();
        }
        if (connection.isLast()) {
          assertThat(connection.closedSilently()).isTrue();
          connection.close();
          connection = connect(exporter);
          last++;
        }
      }
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return last;
  }

  private ExporterProcess start(String delay, String... flags) throws IOException {
    Path config = config("web.shutdown-delay = " + delay);
    return ExporterProcess.on(Jdk.current())
        .withDefaultSignals()
        .start(
            Stream.concat(Stream.of("--config.file=" + config), Stream.of(flags))
                .toArray(String[]::new));
  }

  private Path config(String settings) throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"), "websocket-exporter { " + settings + " }\n");
  }

  private static KeptConnection connect(ExporterProcess exporter) throws IOException {
    return new KeptConnection(exporter.port(), PATIENCE_MILLIS);
  }

  private static boolean refusesConnections(ExporterProcess exporter) throws IOException {
    try {
      connect(exporter).close();
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (SocketException e) {
      return false; // It was still in the queue of a socket that was being closed.
    }
  }

  private void answerOncePingIsReleased(Peer peer) throws Exception {
    peer.acceptUpgrade();
    Peer.Frame ping = peer.readFrame();
    released.await();
    peer.sendFrame(Peer.PONG, ping.payload());
    peer.awaitEnd();
  }
}
