package io.github.websocketexporter.hardening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.TargetCrowd;
import io.github.websocketexporter.testing.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two replicas behind an haproxy that asks each whether it is ready and hides no failure: it tries
 * nothing twice. One after the other is stopped with the defaults of the exporter and started
 * again, under load, and no scraper is to notice. Only on Linux is every address of 127.0.0.0/8
 * there.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(600)
class RollingRestartHardening {
  private static final int SCRAPES = 12_000;
  private static final int PER_SECOND = 200;
  private static final int TARGETS = 100;
  private static final int LEAST_RESTARTS = 4;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final String CONFIG =
      """
      defaults
        mode http
        retries 0
        timeout connect 5s
        timeout client 60s
        timeout server 60s
        timeout check 1s
      listen exporters
        bind 127.0.0.1:%d
        stats uri /haproxy
        balance roundrobin
        option httpchk GET /-/ready
        http-check expect status 200
        default-server check inter 500ms fall 2 rise 2
        server first 127.0.0.1:%d
        server second 127.0.0.1:%d
      """;

  @TempDir private Path directory;

  @Test
  void noScrapeFailsWhileOneReplicaAfterTheOtherIsRestarted() throws Exception {
    int front = freePort();
    int[] ports = {freePort(), freePort()};
    List<ExporterProcess> replicas = new ArrayList<>();
    Process haproxy = null;
    int restarts = 0;
    try (TargetCrowd targets = new TargetCrowd(TARGETS);
        ScrapeLoad scrapers = new ScrapeLoad(front)) {
      replicas.add(start(ports[0]));
      replicas.add(start(ports[1]));
      haproxy = haproxy(CONFIG.formatted(front, ports[0], ports[1]));
      awaitBothUp(front);

      CompletableFuture<ScrapeOutcome> load =
          scrapers.start(
              number -> targets.probe(number % TARGETS),
              PER_SECOND,
              Duration.ofSeconds(SCRAPES / PER_SECOND));
      while (!load.isDone()) {
        int next = restarts++ % 2;
        try (ExporterProcess old = replicas.get(next)) {
          old.sigterm();
          assertThat(old.exitCode()).as(old.stderr()).isZero();
        }
        replicas.set(next, start(ports[next]));
        awaitBothUp(front);
      }

      ScrapeOutcome outcome = ScrapeLoad.await(load, LIMIT);
      Figures.state(
          "rolling restart: two replicas behind haproxy, 200 scrapes a second",
          "0 failed scrapes in 10,000",
          "%,d failed in %,d, in %d restarts",
          SCRAPES - outcome.succeeded(),
          SCRAPES,
          restarts);
      assertThat(outcome.succeeded()).as(outcome.toString()).isEqualTo(SCRAPES);
      assertThat(restarts).isGreaterThanOrEqualTo(LEAST_RESTARTS);
    } finally {
      if (haproxy != null) {
        haproxy.destroyForcibly();
      }
      replicas.forEach(ExporterProcess::close);
    }
  }

  private static int freePort() throws IOException {
    try (Socket reserved = Ports.reserved()) {
      return reserved.getLocalPort();
    }
  }

  private static ExporterProcess start(int port) {
    return ExporterProcess.start("--web.listen-address=127.0.0.1:" + port);
  }

  private Process haproxy(String config) throws IOException {
    Path program =
        List.of("/usr/sbin/haproxy", "/usr/bin/haproxy", "/usr/local/sbin/haproxy").stream()
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(program != null, "haproxy is not installed: install haproxy with apt.");
    Path file = Files.writeString(directory.resolve("haproxy.cfg"), config);
    return new ProcessBuilder(program.toString(), "-db", "-f", file.toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("haproxy.log").toFile())
        .start();
  }

  /** Until haproxy itself says that both are up, by checks that succeeded. */
  private static void awaitBothUp(int front) {
    await("haproxy finds both ready")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> up(front, "first") && up(front, "second"));
  }

  private static boolean up(int front, String server) {
    return statistics(front)
        .lines()
        .filter(line -> line.startsWith("exporters," + server + ","))
        .anyMatch(line -> line.contains(",UP,") && line.contains(",L7OK,200,"));
  }

  /** Empty while it does not listen. */
  private static String statistics(int front) {
    try (InputStream csv =
        URI.create("http://127.0.0.1:" + front + "/haproxy;csv").toURL().openStream()) {
      return new String(csv.readAllBytes(), StandardCharsets.UTF_8);
    } catch (ConnectException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
