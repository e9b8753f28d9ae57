package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Targets are forgotten: once their probes are answered, and their sessions are over, nothing of
 * their paths, queries and user info is left among the live objects of the heap.
 */
class HeapCanaryIT {
  private static final String TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds";

  private static final String CONFIG =
      """
      websocket-exporter {
        web.shutdown-delay = 0s
        sessions.lease { min = 1s, max = 1s }
        modules.held { continuous = true, ping { interval = 100ms, timeout = 1s } }
      }
      """;

  @TempDir private Path directory;

  @Test
  void nothingOfATargetOutlivesItsProbesAndSessions() throws Exception {
    Path config = Files.writeString(directory.resolve("exporter.conf"), CONFIG);
    try (ExporterProcess exporter =
        ExporterProcess.start("--debug", "--timeout=20s", "--config.file=" + config)) {
      probeThatRuns(exporter);
      probesThatEnd(exporter);
      requestsThatAreRefused(exporter);
      session(exporter);
      exporter.get("/metrics");

      assertThat(Canary.foundIn(heap(exporter))).isEmpty();
    }
  }

  /** The search finds what is there: the target of a probe that is not over. */
  private void probeThatRuns(ExporterProcess exporter) throws Exception {
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignoreUpgrade)) {
      String target = Canary.target("ws", "127.0.0.1", silent.port());
      String request = "GET /probe?target=" + ExporterProcess.percentEncoded(target);
      try (Socket scraper = new Socket(InetAddress.getLoopbackAddress(), exporter.port())) {
        scraper
            .getOutputStream()
            .write((request + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        silent.awaitRequest();
        assertThat(Canary.foundIn(heap(exporter))).contains("plain form of " + Canary.PATH);
      }
    }
  }

  private void probesThatEnd(ExporterProcess exporter) throws Exception {
    against(exporter, "none", Peer::answerPings);
    against(exporter, "upgrade/upgrade_timeout", Peer::ignoreUpgrade);
    against(
        exporter,
        "upgrade/upgrade_status",
        peer -> {
          Head head = peer.readRequestHead();
          peer.send(Peer.response("403 " + head.requestTarget(), "Content-Length: 0"));
          peer.awaitEnd();
        });
    against(
        exporter,
        "upgrade/upgrade_malformed",
        peer -> {
          peer.send(peer.readRequestHead().text());
          peer.awaitEnd();
        });
    against(
        exporter,
        "ping/closed_by_peer",
        peer -> {
          String reason = peer.acceptUpgrade().requestTarget();
          peer.sendFrame(Peer.CLOSE, Peer.status(1011, reason));
          peer.awaitEnd();
        });
    against(
        exporter,
        "ping/pong_timeout",
        peer -> {
          String target = peer.acceptUpgrade().requestTarget();
          peer.sendFrame(Peer.PONG, target.getBytes(StandardCharsets.US_ASCII));
          peer.awaitEnd();
        });
    try (ScriptedServer untrusted =
        ScriptedServer.startTls(Certificates.in(directory).serverContext(), Peer::answerPings)) {
      probe(exporter, "tls/tls_certificate_untrusted", "wss", "localhost", untrusted.port());
    }
    probe(exporter, "connect/connect_refused", "ws", "127.0.0.1", Ports.closed());
    probe(exporter, "resolve/dns_not_found", "ws", "no-such-host.invalid", 80);
  }

  private static void against(
      ExporterProcess exporter, String failure, ScriptedServer.Script script) throws IOException {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      probe(exporter, failure, "ws", "127.0.0.1", server.port());
    }
  }

  private static void probe(
      ExporterProcess exporter, String failure, String scheme, String host, int port) {
    String plain = ExporterProcess.percentEncoded(Canary.target(scheme, host, port));
    String encoded = ExporterProcess.percentEncoded(Canary.encodedTarget(scheme, host, port));
    String seconds = failure.endsWith("_timeout") ? "1" : "20";
    for (String query :
        List.of("target=" + plain, "target=" + encoded, "debug=true&target=" + plain)) {
      Answer answer = exporter.get("/probe?" + query, TIMEOUT_HEADER, seconds);
      assertThat(answer.failure()).isEqualTo(failure);
    }
  }

  private static void requestsThatAreRefused(ExporterProcess exporter) {
    String secrets = Canary.PATH + "?" + Canary.QUERY;
    for (String request :
        List.of(
            "/probe?target=ftp://" + Canary.USER + ":" + Canary.PASSWORD + "@host/" + secrets,
            "/probe?target=ws://host/&module=" + Canary.PATH,
            "/" + secrets)) {
      assertThat(exporter.get(request).status()).isIn(400, 404);
    }
  }

  private static void session(ExporterProcess exporter) throws IOException {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      String target = Canary.target("ws", "127.0.0.1", server.port());
      new HeldTarget(exporter, "held", target).awaitUp(1);
      await()
          .untilAsserted(
              () ->
                  assertThat(exporter.get("/metrics").samples())
                      .containsEntry("websocket_exporter_sessions", 0.0));
    }
  }

  /** The live objects, as text: of UTF-16, in either order of bytes, the zeros are left out. */
  private String heap(ExporterProcess exporter) throws IOException {
    Path file = directory.resolve("heap.hprof");
    Files.deleteIfExists(file);
    exporter.jcmd("GC.heap_dump", file.toString());
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).replace("\0", "");
  }
}
