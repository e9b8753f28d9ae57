package io.github.websocketexporter.integration;

import static io.github.websocketexporter.integration.HeldTarget.disconnects;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.OpenSslAuthority;
import io.github.websocketexporter.testing.OpenSslAuthority.Identity;
import io.github.websocketexporter.testing.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections that are held to servers which restart, stand still, move, or are cut off. All
 * targets and modules are full of secrets, none of which is told.
 */
class ContinuousIT {
  private static final String CONFIG =
      """
      websocket-exporter {
        dns.servers = ["127.0.0.1:%1$d"]
        sessions.lease { min = 1m, max = 1m }
        modules {
          held {
            continuous = true
            timeout = 2s
            ping { interval = 100ms, timeout = 1s }
            headers { X-Canary = %2$s }
            authorization.bearer.token = %3$s
          }
          patient { extends = held, ping.timeout = 2s }
          rare { extends = held, ping.interval = 2s }
          beating { extends = held, heartbeat { send = %4$s, expect = "^%4$s$" } }
          secure { extends = held, tls.ca-file = "%5$s" }
          changing { extends = held, ping.interval = %6$s }
        }
      }
      """;

  @TempDir private static Path directory;
  private static OpenSslAuthority authority;
  private static DnsServer nameServer;
  private static PeerProcess server;
  private static ExporterProcess exporter;

  @BeforeAll
  static void start() throws Exception {
    OpenSslAuthority.assumeInstalled();
    authority = OpenSslAuthority.root(directory, "an authority");
    nameServer = new DnsServer();
    server = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of("--report"));
    exporter =
        ExporterProcess.on(Jdk.current())
            .withDefaultSignals()
            .start("--debug", "--config.file=" + config("100ms"));
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : new AutoCloseable[] {exporter, server, nameServer}) {
      if (each != null) {
        each.close();
      }
    }
  }

  @AfterEach
  void noSecretIsInTheLog() {
    Canary.assertAbsentFrom("stderr", exporter.stderr());
  }

  @Test
  void noSecretIsToldOfAHeldConnection() throws Exception {
    int closed = Ports.closed();
    for (String module : List.of("held", "beating")) {
      HeldTarget up = held(module, "ws", "127.0.0.1", server.port());
      HeldTarget down = held(module, "ws", "127.0.0.1", closed);
      assertThat(up.scrape().failure()).isEqualTo("none");
      assertThat(down.scrape().failure()).isEqualTo("connect/connect_refused");
      for (HeldTarget each : List.of(up, down)) {
        Canary.assertAbsentFrom("an answer", each.scrape().toString());
        assertThat(each.debugPage()).contains("127.0.0.1").satisfies(ContinuousIT::tellsNoSecret);
      }
    }
    for (String page : List.of("/", "/config", "/metrics")) {
      Canary.assertAbsentFrom(page, exporter.get(page).toString());
    }
  }

  private static void tellsNoSecret(String page) {
    Canary.assertAbsentFrom("a debug page", page);
  }

  private static Path config(String changingInterval) throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"),
        CONFIG.formatted(
            nameServer.address().getPort(),
            Canary.HEADER,
            Canary.TOKEN,
            Canary.MESSAGE,
            authority.certificate(),
            changingInterval));
  }

  /** A target on the server that does not restart. */
  private static HeldTarget held(String module, String query) {
    return new HeldTarget(
        exporter, module, Canary.target("ws", "127.0.0.1", server.port()) + query);
  }

  private static HeldTarget held(String module, String scheme, String host, int port) {
    return new HeldTarget(exporter, module, Canary.target(scheme, host, port));
  }

  @Test
  void aServerThatGoesAwayAndComesBackIsDownAndUpAgain() throws Exception {
    PeerProcess first = PeerProcess.start(PeerProcess.Kind.PYTHON_WEBSOCKETS, List.of());
    HeldTarget target = held("held", "ws", "127.0.0.1", first.port());
    target.awaitUp(1);
    first.goAway();
    Answer down = target.awaitFailure("connect/connect_refused");
    List<String> samePort = List.of("--port", Integer.toString(first.port()));
    first.close();
    try (PeerProcess second = PeerProcess.start(PeerProcess.Kind.PYTHON_WEBSOCKETS, samePort)) {
      Answer up = target.awaitUp(2);

      assertThat(second.port()).isEqualTo(first.port());
      assertThat(down.sample("probe_success")).isZero();
      assertThat(down.sample("probe_websocket_up")).isZero();
      assertThat(down.samples()).doesNotContainKey("probe_websocket_connection_age_seconds");
      assertThat(disconnects(up, "closed_by_peer", "1001")).isEqualTo(1);
      assertThat(disconnects(up)).isEqualTo(1);
      assertThat(up.sample("probe_websocket_pings_total"))
          .isGreaterThan(down.sample("probe_websocket_pings_total"));
    }
  }

  @Test
  void aCertificateThatWasReplacedIsSeenWithTheNextConnection() throws Exception {
    String extension = "subjectAltName = IP:127.0.0.1";
    PeerProcess first = startSecure(authority.issue("server", extension, "-days", "10"), 0);
    HeldTarget target = held("secure", "wss", "127.0.0.1", first.port());
    Answer before = target.awaitUp(1);
    first.close();
    try (PeerProcess second =
        startSecure(authority.issue("server", extension, "-days", "20"), first.port())) {
      Answer after = target.awaitUp(2);

      String expiry = "probe_ssl_earliest_cert_expiry";
      assertThat(after.sample(expiry) - before.sample(expiry))
          .isCloseTo((double) Duration.ofDays(10).toSeconds(), within(60.0));
      assertThat(second.port()).isEqualTo(first.port());
    }
  }

  private static PeerProcess startSecure(Identity identity, int port) throws Exception {
    return PeerProcess.start(
        PeerProcess.Kind.NODE_WS,
        List.of(
            "--port",
            Integer.toString(port),
            "--cert",
            identity.chain().toString(),
            "--key",
            identity.key().toString()));
  }

  @Test
  void aNameThatHasAnotherAddressIsFollowedWithTheNextConnection() throws Exception {
    nameServer.has("moving.test", 0, "127.0.0.1");
    PeerProcess first = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of());
    HeldTarget target = held("held", "ws", "moving.test", first.port());
    Answer before = target.awaitUp(1);
    List<String> elsewhere =
        List.of("--host", "127.0.0.2", "--port", Integer.toString(first.port()), "--report");
    try (PeerProcess second = PeerProcess.start(PeerProcess.Kind.NODE_WS, elsewhere)) {
      nameServer.has("moving.test", 0, "127.0.0.2");
      first.close();
      Answer after = target.awaitUp(2);

      assertThat(second.lines()).hasSize(1);
      assertThat(after.sample("probe_ip_addr_hash"))
          .isNotEqualTo(before.sample("probe_ip_addr_hash"));
    }
  }

  @Test
  void aServerThatStandsStillIsLateAndThenGivenUp() throws Exception {
    try (PeerProcess stopped = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of())) {
      HeldTarget target = held("patient", "ws", "127.0.0.1", stopped.port());
      target.awaitUp(1);

      stopped.sigstop();
      Answer overdue = target.awaitFailure("ping/pong_timeout");
      stopped.sigcont();
      Answer late =
          target.await(
              "late PONGs",
              answer ->
                  answer.sample("probe_success") == 1
                      && answer.sample("probe_websocket_pongs_late_total") > 0);
      assertThat(overdue.sample("probe_websocket_up")).isEqualTo(1);
      assertThat(late.sample("probe_websocket_pings_lost_total")).isZero();
      assertThat(late.sample("probe_websocket_connects_total")).isEqualTo(1);
      assertThat(disconnects(late)).isZero();

      stopped.sigstop();
      Answer dead = target.await("given up", answer -> disconnects(answer) > 0);
      stopped.sigcont();
      Answer up = target.awaitUp(2);
      assertThat(dead.failure()).isEqualTo("ping/pong_timeout");
      assertThat(dead.sample("probe_websocket_up")).isZero();
      assertThat(disconnects(up, "pong_timeout", "")).isEqualTo(1);
      assertThat(up.sample("probe_websocket_pings_lost_total")).isPositive();
    }
  }

  @Test
  void aProxyCutsOffWhoPingsTooRarelyAndNobodyElse() throws Exception {
    try (NginxProcess nginx =
        NginxProcess.start(directory, "; proxy_read_timeout 600ms", server.port())) {
      HeldTarget often = held("held", "ws", "127.0.0.1", nginx.port());
      HeldTarget rarely = held("rare", "ws", "127.0.0.1", nginx.port());
      often.awaitUp(1);

      Answer cut = rarely.awaitUp(2);

      assertThat(disconnects(cut, "closed_by_peer", "") + disconnects(cut, "connection_reset", ""))
          .isEqualTo(disconnects(cut))
          .isPositive();
      Answer kept = often.scrape();
      assertThat(kept.failure()).isEqualTo("none");
      assertThat(kept.sample("probe_websocket_connects_total")).isEqualTo(1);
      assertThat(disconnects(kept)).isZero();
    }
  }

  @Test
  void aServerThatIgnoresPingsAnswersHeartbeats() {
    HeldTarget pinged = held("held", "&pong-after=never");
    HeldTarget target = held("beating", "&pong-after=never");
    assertThat(pinged.scrape().failure()).isEqualTo("ping/pong_timeout");

    Answer answer = target.await("ten", each -> each.sample("probe_websocket_pongs_total") >= 10);

    assertThat(answer.failure()).isEqualTo("none");
    assertThat(answer.sample("probe_websocket_ping_rtt_seconds_count"))
        .isEqualTo(answer.sample("probe_websocket_pongs_total"));
    assertThat(disconnects(answer)).isZero();
  }

  @Test
  void allScrapersShareOneConnection() throws Exception {
    try (PeerProcess shared = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of("--report"))) {
      List<HeldTarget> scrapers =
          IntStream.range(0, 2)
              .mapToObj(i -> held("held", "ws", "127.0.0.1", shared.port()))
              .toList();
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(20))
          .until(
              () ->
                  scrapers.stream()
                      .map(each -> CompletableFuture.supplyAsync(each::scrape))
                      .toList()
                      .stream()
                      .map(CompletableFuture::join)
                      .peek(answer -> assertThat(answer.failure()).isEqualTo("none"))
                      .allMatch(answer -> answer.sample("probe_websocket_pongs_total") >= 10));

      assertThat(shared.lines()).hasSize(1);
    }
  }

  @Test
  void aModuleThatChangedIsFollowedAndAnotherStays() throws Exception {
    HeldTarget changing = held("changing", "");
    HeldTarget other = held("held", "");
    changing.awaitUp(1);
    other.awaitUp(1);

    config("150ms");
    exporter.sighup();
    Answer changed = changing.awaitUp(2);
    Answer kept = other.scrape();

    assertThat(disconnects(changed, "module_changed", "")).isEqualTo(1);
    assertThat(disconnects(changed)).isEqualTo(1);
    assertThat(changed.sample("probe_websocket_pings_lost_total")).isZero();
    assertThat(kept.sample("probe_websocket_connects_total")).isEqualTo(1);
    assertThat(disconnects(kept)).isZero();
  }

  /** One exporter whose leases are short, until it is stopped. */
  @Test
  void saysGoodbyeWhenTheLeaseEndsAndWhenItStops() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("short.conf"),
            "websocket-exporter { web.shutdown-delay = 0s, sessions.lease { min = 1s, max = 3s } }");
    try (PeerProcess peer = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of("--report"));
        ExporterProcess own = ExporterProcess.start("--config.file=" + config)) {
      String base = "ws://127.0.0.1:" + peer.port();
      HeldTarget once = new HeldTarget(own, "websocket_continuous", base + "/once");
      HeldTarget twice = new HeldTarget(own, "websocket_continuous", base + "/twice");
      once.scrape();
      twice.scrape();
      twice.scrape();
      assertThat(own.get("/metrics").sample("websocket_exporter_sessions")).isEqualTo(2);
      await().until(() -> own.get("/metrics").sample("websocket_exporter_sessions") == 0);
      await()
          .untilAsserted(
              () -> assertThat(peer.lines()).contains("close /once 1000", "close /twice 1000"));

      for (int i = 0; i < 3; i++) {
        new HeldTarget(own, "websocket_continuous", base + "/" + i).scrape();
      }
      own.sigterm();

      assertThat(own.exitCode()).isZero();
      await()
          .untilAsserted(
              () ->
                  assertThat(peer.lines())
                      .contains("close /0 1001", "close /1 1001", "close /2 1001"));
    }
  }
}
