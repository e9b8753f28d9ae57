package io.github.websocketexporter.integration;

import static io.github.websocketexporter.integration.ExporterProcess.percentEncoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.KeptConnection;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An exporter that uses up the files that its process may open. It takes care not to; but the limit
 * is lowered while it runs.
 */
@ParameterizedClass
@ValueSource(strings = {"false", "true"})
class OpenFilesIT {
  private static final String NAME = "node.example.test";

  /** What the exporter has open once its warm-up is over, and some more. */
  private static final int IDLE_FILES = 30;

  /** Enough for the scrapers' connections, but not for a probe of each. */
  private static final int FILES = 256;

  private static final int SCRAPERS = 160;
  private static final int REFUSED_IN_ROW = 10;
  private static final int PATIENCE_MILLIS = 20_000;

  private static final String NO_FILE_LEFT =
      "The exporter has no file descriptor left for the probe.\n";

  @TempDir private static Path directory;

  @Parameter private boolean withoutNativeTransport;

  private final List<KeptConnection> scrapers = new ArrayList<>();
  private final DnsServer names = new DnsServer();
  private final ScriptedServer silent = ScriptedServer.start(Peer::ignoreUpgrade);
  private final ScriptedServer healthy = ScriptedServer.start(Peer::answerPings);
  private ExporterProcess exporter;

  OpenFilesIT() throws IOException {}

  @BeforeEach
  void startExporter() throws IOException {
    assumeTrue(ExporterProcess.canLimitOpenFiles());
    names.has(NAME, 0, "127.0.0.1");
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.dns.servers = [\"127.0.0.1:" + names.address().getPort() + "\"]\n");
    exporter =
        ExporterProcess.on(Jdk.current(), "-Dio.netty.transport.noNative=" + withoutNativeTransport)
            .start("--config.file=" + config, "--timeout=60s", "--debug");
    await().until(() -> exporter.get("/-/ready").status() == 200);
    await().until(() -> exporter.get("/metrics").sample("process_open_fds") < IDLE_FILES);
    exporter.limitOpenFiles(FILES);
  }

  @AfterEach
  void close() throws IOException {
    for (KeptConnection scraper : scrapers) {
      scraper.close();
    }
    if (exporter != null) {
      exporter.close();
    }
    silent.close();
    healthy.close();
    names.close();
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1, connect", NAME + ", resolve"})
  void saysSoAndRecovers(String host, String phase) throws Exception {
    for (int i = 0; i < SCRAPERS; i++) {
      scrapers.add(new KeptConnection(exporter.port(), PATIENCE_MILLIS));
    }
    KeptConnection last = scrapers.remove(0);
    useUpFiles();

    last.sendGet(probe(host, healthy));
    assertThat(last.read()).startsWith("HTTP/1.1 503 ").endsWith(NO_FILE_LEFT);
    last.sendGet("/metrics");
    assertThat(last.read())
        .contains(
            "module=\"websocket_ping\",phase=\"" + phase + "\",reason=\"too_many_open_files\"} ",
            "websocket_exporter_probes_rejected_total{reason=\"too_many_open_files\"} ");

    for (KeptConnection scraper : scrapers) {
      scraper.close();
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () -> {
              last.sendGet(probe(host, healthy));
              assertThat(last.read()).contains("\nprobe_success 1.0\n");
            });
    last.close();
    assertThat(exporter.stderr()).as("no stack trace").doesNotContain("\\tat ");
  }

  @Test
  void newConnectionsAreAnsweredOneAfterTheOther() throws Exception {
    while (acceptWarnings().isEmpty()) {
      assertThat(scrapers).hasSizeLessThan(FILES);
      KeptConnection scraper = new KeptConnection(exporter.port(), PATIENCE_MILLIS);
      scrapers.add(scraper);
      assertHealthy(scraper);
    }
    for (int i = 0; i < 50; i++) {
      try (KeptConnection kubelet = new KeptConnection(exporter.port(), PATIENCE_MILLIS)) {
        assertHealthy(kubelet);
      }
    }
    try (KeptConnection scraper = new KeptConnection(exporter.port(), PATIENCE_MILLIS)) {
      scraper.sendGet(probe("127.0.0.1", healthy));
      assertThat(scraper.read()).startsWith("HTTP/1.1 503 ");
    }
    assertHealthy(scrapers.get(0));

    scrapers.remove(1).close();
    scrapers.remove(1).close();
    scrapers.remove(1).close();
    await()
        .untilAsserted(
            () -> {
              try (KeptConnection scraper = new KeptConnection(exporter.port(), PATIENCE_MILLIS)) {
                scraper.sendGet(probe("127.0.0.1", healthy));
                assertThat(scraper.read()).contains("\nprobe_success 1.0\n");
                assertHealthy(scraper);
              }
            });
    assertSaidSoOnce();
  }

  @Test
  void connectionsWaitUntilTheLimitIsRaised() throws Exception {
    try (KeptConnection kept = new KeptConnection(exporter.port(), PATIENCE_MILLIS)) {
      assertHealthy(kept);
      exporter.limitOpenFiles(1);
      try (KeptConnection waiting = new KeptConnection(exporter.port(), PATIENCE_MILLIS)) {
        waiting.sendGet("/-/healthy");
        await().until(() -> !acceptWarnings().isEmpty());
        assertHealthyThroughManyRetries(kept);
        assertThat(waiting.hasAnswer()).isFalse();

        exporter.limitOpenFiles(FILES);

        await().atMost(Duration.ofSeconds(2)).until(waiting::hasAnswer);
        assertThat(waiting.read()).startsWith("HTTP/1.1 200 ");
        assertHealthy(kept);
        assertSaidSoOnce();
      }
    }
  }

  @Test
  void connectionsWaitUntilOthersAreClosed() throws Exception {
    try (KeptConnection kept = new KeptConnection(exporter.port(), PATIENCE_MILLIS)) {
      assertHealthy(kept);
      for (int i = 0; i < FILES; i++) {
        scrapers.add(new KeptConnection(exporter.port(), PATIENCE_MILLIS));
      }
      KeptConnection waiting = scrapers.remove(FILES - 1);
      waiting.sendGet("/-/healthy");
      await().until(() -> !acceptWarnings().isEmpty());
      assertHealthyThroughManyRetries(kept);
      assertThat(waiting.hasAnswer()).isFalse();

      for (KeptConnection scraper : scrapers) {
        scraper.close();
      }

      await().atMost(Duration.ofSeconds(2)).until(waiting::hasAnswer);
      assertThat(waiting.read()).startsWith("HTTP/1.1 200 ");
      waiting.close();
      assertHealthy(kept);
      assertSaidSoOnce();
    }
  }

  private static void assertHealthy(KeptConnection connection) throws IOException {
    connection.sendGet("/-/healthy");
    assertThat(connection.read()).startsWith("HTTP/1.1 200 ");
  }

  private static void assertHealthyThroughManyRetries(KeptConnection connection)
      throws IOException {
    for (int i = 0; i < 15; i++) {
      assertHealthy(connection);
      Pause.of(Duration.ofMillis(100));
    }
  }

  private void assertSaidSoOnce() {
    assertThat(acceptWarnings())
        .singleElement()
        .asString()
        .contains(
            "msg=\"no file descriptor is left: new connections are turned away or wait\" cause=");
    assertThat(exporter.stderr()).doesNotContain("exceptionCaught", "\\tat ");
  }

  private List<String> acceptWarnings() {
    return exporter.stderr().lines().filter(line -> line.contains("descriptor is left")).toList();
  }

  /**
   * Starts probes that hang, until some in a row are answered at once: there was no file left for
   * them. One alone says little, for the Java runtime opens a file of /sys for a moment at times.
   */
  private void useUpFiles() throws IOException {
    int hanging = 0;
    int refusedInRow = 0;
    for (KeptConnection scraper : scrapers) {
      int accepted = hanging + 1;
      scraper.sendGet(probe("127.0.0.1", silent));
      await()
          .pollInterval(Duration.ofMillis(2))
          .until(() -> silent.accepted() == accepted || scraper.hasAnswer());
      if (scraper.hasAnswer()) {
        assertThat(scraper.read()).startsWith("HTTP/1.1 503 ").endsWith(NO_FILE_LEFT);
        if (++refusedInRow == REFUSED_IN_ROW) {
          assertThat(hanging).as("probes that hang").isPositive();
          return;
        }
      } else {
        hanging++;
        refusedInRow = 0;
      }
    }
    throw new AssertionError(hanging + " of " + scrapers.size() + " probes got a file");
  }

  private static String probe(String host, ScriptedServer server) {
    return "/probe?target=" + percentEncoded("ws://" + host + ":" + server.port() + "/");
  }
}
