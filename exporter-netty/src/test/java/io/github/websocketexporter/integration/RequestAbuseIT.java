package io.github.websocketexporter.integration;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whoever reaches the port and sends what no scraper does: gets the right answer, gets nothing of
 * what is hidden behind it executed, takes no memory, and leaves nothing in the log.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(120)
class RequestAbuseIT {
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
  private static final String BEHIND = HostileRequest.get("/-/ready", "Connection: close");
  private static final String HONEST =
      HostileRequest.get("/-/healthy") + HostileRequest.get("/metrics");
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int ROUNDS = 30;
  private static final int WARM_UP_BATCHES = 200;
  private static final int WARM_UP_PAIRS = 25;
  private static final int WARM_UP_ROUNDS = 10;
  private static final int PIPELINED = 1_000_000;
  private static final long MOST_MEMORY = 16L << 20;

  @TempDir private static Path directory;

  private static ExporterProcess exporter;
  private static String logBefore = "";

  @BeforeAll
  static void start() throws IOException {
    Path config = directory.resolve("exporter.conf");
    Files.writeString(config, "websocket-exporter.web.request-timeout = 3s\n");
    exporter =
        ExporterProcess.on(Jdk.current(), "-XX:+UseSerialGC", "-Xms16m", "-Xmx96m")
            .start("--config.file=" + config);
    await().atMost(Duration.ofSeconds(20)).until(() -> exporter.stderr().contains("msg=ready"));
    logBefore = exporter.stderr();
    warmUp();
  }

  /**
   * What the JVM takes for compiled code and its young objects, honest requests make it take too.
   */
  private static void warmUp() throws IOException {
    for (int i = 0; i < WARM_UP_BATCHES; i++) {
      statuses(HONEST.repeat(WARM_UP_PAIRS) + BEHIND);
    }
    sendAll(WARM_UP_ROUNDS);
  }

  @AfterAll
  static void stop() {
    if (exporter != null) {
      exporter.close();
    }
  }

  @AfterEach
  void theLogSaysNothingOfIt() {
    assertThat(exporter.stderr()).isEqualTo(logBefore);
    assertThat(exporter.stdout()).isEmpty();
  }

  static List<HostileRequest> requests() {
    return HostileRequest.all();
  }

  @ParameterizedTest
  @MethodSource("requests")
  void isAnsweredAndNothingBehindARefusalIsExecuted(HostileRequest request) throws IOException {
    List<Integer> expected =
        request.last() ? List.of(request.status()) : List.of(request.status(), 200);
    assertThat(statuses(request.text() + BEHIND)).isEqualTo(expected);
  }

  @Test
  void whoExpectsToBeAskedForABodyIsAsked() throws IOException {
    String request = HostileRequest.get("/-/healthy", "Expect: 100-continue", "Content-Length: 2");

    assertThat(statuses(request + "xx" + BEHIND)).containsExactly(100, 200, 200);
  }

  @Test
  void allOfThemManyTimesTakeNoMemory() throws IOException {
    exporter.forgetPeak();
    long before = exporter.residentBytes();

    sendAll(ROUNDS);

    assertThat(exporter.peakResidentBytes() - before).isLessThan(MOST_MEMORY);
    awaitNoConnections();
  }

  private static void sendAll(int rounds) throws IOException {
    List<HostileRequest> requests = requests();
    for (int i = 0; i < rounds; i++) {
      for (HostileRequest request : requests) {
        assertThat(statuses(request.text() + BEHIND)).startsWith(request.status());
      }
    }
  }

  @Test
  void aMillionRequestsWhoseAnswersNobodyReadsTakeNoMemoryAndAreSoonCutOff() throws IOException {
    byte[] requests = HONEST.repeat(1_000).getBytes(ISO_8859_1);
    long size = PIPELINED / 2_000L * requests.length;
    exporter.forgetPeak();
    long before = exporter.residentBytes();

    long taken = sendUnread(requests, size);

    assertThat(taken).as("bytes that were taken of %,d", size).isLessThan(size / 2);
    assertThat(exporter.peakResidentBytes() - before).isLessThan(MOST_MEMORY);
    awaitNoConnections();
  }

  /** Sends until all is sent or the connection ends; returns how many bytes were taken. */
  private static long sendUnread(byte[] requests, long size) throws IOException {
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), exporter.port());
    try (SocketChannel client = SocketChannel.open(address)) {
      long taken = 0;
      ByteBuffer next = ByteBuffer.wrap(requests);
      try {
        while (taken < size) {
          taken += client.write(next.hasRemaining() ? next : next.rewind());
        }
      } catch (IOException e) {
        // It was cut off.
      }
      return taken;
    }
  }

  private static void awaitNoConnections() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () ->
                assertThat(exporter.get("/metrics").sample("websocket_exporter_http_connections"))
                    .isEqualTo(1));
  }

  /** Sends {@code text}, and reads until the exporter closes the connection. */
  private static List<Integer> statuses(String text) throws IOException {
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), exporter.port())) {
      client.setSoTimeout(PATIENCE_MILLIS);
      client.setSoLinger(true, 0); // Leaves no port in TIME_WAIT.
      client.getOutputStream().write(text.getBytes(ISO_8859_1));
      return STATUS
          .matcher(readAll(client.getInputStream()))
          .results()
          .map((MatchResult status) -> Integer.valueOf(status.group(1)))
          .toList();
    }
  }

  private static String readAll(InputStream in) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    in.transferTo(all);
    return all.toString(ISO_8859_1);
  }
}
