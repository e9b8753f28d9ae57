package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the exporter treats its clients' connections: order, bounds, ends. */
@Timeout(30)
class ExporterConnectionsTest {
  private static final String HEALTHY = "Healthy.\n";
  private static final String IN_FLIGHT = "websocket_exporter_probes_in_flight";

  private @Nullable RunningExporter running;

  private RunningExporter start(String... settings) throws Exception {
    running = RunningExporter.with(settings);
    return running;
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
  }

  @Test
  void manyRequestsShareOneConnection() throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = exporter.connect()) {
      for (int i = 0; i < 200; i++) {
        RawClient.Answer answer = client.sendGet("/-/healthy").read();
        assertThat(answer.body()).isEqualTo(HEALTHY);
        assertThat(answer.header("connection")).isNull();
      }
      assertThat(client.sendGet("/metrics").read().body())
          .contains("websocket_exporter_http_connections 1.0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void tenThousandPipelinedRequestsAreAnsweredInOrder(String transport) throws Exception {
    RunningExporter exporter = start("transport=" + transport);
    String pair = RawClient.get("/-/healthy") + RawClient.get("/x");
    try (RawClient client = exporter.connect()) {
      client.send(pair.repeat(5_000));
      for (int i = 0; i < 5_000; i++) {
        assertThat(client.read().status()).isEqualTo(200);
        assertThat(client.read().status()).isEqualTo(404);
      }
      assertThat(client.sendGet("/-/ready").read().status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void requestsThatArePipelinedBehindASlowProbeWaitForItsAnswer(String transport) throws Exception {
    RunningExporter exporter = start("transport=" + transport);
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignorePings);
        RawClient client = exporter.connect()) {
      for (int i = 0; i < 8; i++) {
        // Large ones: what is read at once grows, and holds more of the small ones that follow.
        client.sendGet("/-/healthy", "X-Large: " + "x".repeat(12_000)).read();
      }
      String probe =
          RawClient.get(
              "/probe?target=" + silent.ws("/"), "X-Prometheus-Scrape-Timeout-Seconds: 0.6");
      client.send(
          probe
              + RawClient.request("HEAD", "/-/healthy")
              + probe
              + RawClient.get("/x")
              + RawClient.get("/-/healthy").repeat(300));

      RawClient.Answer first = client.read();
      assertThat(first.body()).contains("probe_success 0.0", "reason=\"pong_timeout\"");
      assertThat(silent.awaitRequest().requestTarget()).isEqualTo("/");
      RawClient.Answer head = client.readHead();
      assertThat(head.header("content-length")).isEqualTo("9");
      assertThat(client.read().body()).contains("probe_success 0.0");
      assertThat(client.read().status()).isEqualTo(404);
      for (int i = 0; i < 300; i++) {
        assertThat(client.read().body()).isEqualTo(HEALTHY);
      }
      assertThat(client.sendGet("/-/ready").read().status()).as("still read from").isEqualTo(200);
    }
  }

  @Test
  void nothingOfASecondRequestIsExecutedBeforeTheFirstIsAnswered() throws Exception {
    RunningExporter exporter = start();
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignorePings);
        ScriptedServer second = ScriptedServer.start(Peer::answerPings);
        RawClient client = exporter.connect()) {
      client.send(
          RawClient.get(
                  "/probe?target=" + silent.ws("/"), "X-Prometheus-Scrape-Timeout-Seconds: 1.5")
              + RawClient.get("/probe?target=" + second.ws("/")));
      assertThat(silent.awaitRequest().requestTarget()).isEqualTo("/");

      assertThat(exporter.metric(IN_FLIGHT)).isEqualTo(1);
      assertThat(second.requests()).isEmpty();
      assertThat(client.hasBytes()).isFalse();
      assertThat(client.read().body()).contains("probe_success 0.0");
      assertThat(client.read().body()).contains("probe_success 1.0");
      assertThat(second.awaitRequest().requestTarget()).isEqualTo("/");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.0, '', close",
    "HTTP/1.0, Connection: keep-alive, keep-alive",
    "HTTP/1.1, Connection: close, close"
  })
  void theClientsVersionAndWishDecideWhetherTheConnectionStays(
      String version, String header, String expected) throws Exception {
    RunningExporter exporter = start();
    String request =
        "GET /-/healthy "
            + version
            + "\r\nHost: h\r\n"
            + (header.isEmpty() ? "" : header + "\r\n")
            + "\r\n";
    try (RawClient client = exporter.connect()) {
      RawClient.Answer answer = client.send(request).read();

      assertThat(answer.body()).isEqualTo(HEALTHY);
      assertThat(answer.header("connection")).isEqualTo(expected);
      if (expected.equals("close")) {
        assertThat(client.closedSilently()).isTrue();
      } else {
        assertThat(client.send(request).read().body()).isEqualTo(HEALTHY);
      }
    }
  }

  @Test
  void whatComesAfterConnectionCloseIsNotExecuted() throws Exception {
    RunningExporter exporter = start();
    try (ScriptedServer target = ScriptedServer.start(Peer::answerPings);
        RawClient client = exporter.connect()) {
      client.send(
          RawClient.get("/-/healthy", "Connection: close")
              + RawClient.get("/probe?target=" + target.ws("/")));

      assertThat(client.read().header("connection")).isEqualTo("close");
      assertThat(client.closedSilently()).isTrue();
      assertThat(exporter.metric(IN_FLIGHT)).isZero();
      assertThat(target.requests()).isEmpty();
    }
  }

  @Test
  void bodiesAreReadAndDropped() throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = exporter.connect()) {
      client.send(
          RawClient.request("GET", "/-/healthy", "Content-Length: 5")
              + "GET /"
              + RawClient.request("GET", "/-/ready", "Transfer-Encoding: chunked")
              + "5\r\nGET /\r\n3\r\nabc\r\n0\r\nTrailer: x\r\n\r\n"
              + RawClient.get("/x"));

      assertThat(client.read().body()).isEqualTo(HEALTHY);
      assertThat(client.read().body()).isEqualTo("Ready.\n");
      assertThat(client.read().status()).isEqualTo(404);
    }
  }

  @Test
  void aClientThatExpects100ContinueGetsItBeforeItSendsItsBody() throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = exporter.connect()) {
      client.send(
          RawClient.request("HEAD", "/-/healthy", "Expect: 100-continue", "Content-Length: 3"));
      assertThat(client.read().status()).isEqualTo(100);

      assertThat(client.send("abc").readHead().status()).isEqualTo(200);
      assertThat(client.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
    }
  }

  @ParameterizedTest
  @CsvSource({"16384, 400000", "16384, 16384", "256, 256"})
  void aRequestLineThatIsTooLongIsA414AndTheEnd(int most, int length) throws Exception {
    refuses(
        RawClient.get("/probe?target=ws://h/" + "x".repeat(length)),
        414,
        "The request line is too long.\n",
        "web.max-request-line=" + most);
  }

  @ParameterizedTest
  @CsvSource({"16384, 400000", "16384, 16384", "1024, 1024"})
  void aHeaderThatIsTooLargeIsA431AndTheEnd(int most, int length) throws Exception {
    refuses(
        RawClient.get("/-/healthy", "X-Canary: " + "x".repeat(length)),
        431,
        "The request's header is too large.\n",
        "web.max-header-size=" + most);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "GET / HTTP/x.y\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nX Y: z\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\n"
            + "Host: h\r\n"
            + "Transfer-Encoding: chunked\r\n"
            + "Content-Length: 5\r\n\r\n"
            + "0\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\n"
            + "Host: h\r\n"
            + "Sec-WebSocket-Key1: a\r\n"
            + "Sec-WebSocket-Key2: b\r\n\r\n",
        "GET /-/healthy HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /-/healthy HTTP/1.1\nHost: h\n\n",
        "GET /-/healthy HTTP/1.1\r\nHost: h\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nHost: h\r\nX: a\rb\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nHost: h\r\nX: a\u0000b\r\n\r\n",
        "GET /-/healthy HTTP/1.1\r\nHost : h\r\n\r\n",
        "\u0000GET /-/healthy HTTP/1.1\r\nHost: h\r\n\r\n"
      })
  void whatIsNotHttpIsA400AndTheEnd(String bytes) throws Exception {
    refuses(bytes, 400, "The request is not valid HTTP.\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "http://other.example/-/healthy",
        "https://exporter/-/healthy",
        "exporter:9095",
        "/-/healthy?%zz",
        "/-/healthy?a=%",
        "/-/%C0%AFhealthy",
        "/probe?target=ws://c4n4ry/%ED%A0%80",
        "/probe?target=ws://b\u00fccher.example/c4n4ry",
        "/probe\u0000?target=ws://c4n4ry/",
        "/-/healthy#c4n4ry"
      })
  void aRequestTargetThatIsNotValidIsA400AndTheEnd(String requestTarget) throws Exception {
    refuses(RawClient.get(requestTarget), 400, "The request target is not valid.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Host: a\r\nHost: b\r\n", "Host: a b\r\n"})
  void aRequestWithoutOneValidHostIsA400AndTheEnd(String hosts) throws Exception {
    refuses(
        "GET /-/healthy HTTP/1.1\r\n" + hosts + "\r\n",
        400,
        "The request must have one valid Host header.\n");
  }

  @Test
  void anotherVersionOfHttpIsA505AndTheEnd() throws Exception {
    refuses("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "Only HTTP/1.1 and 1.0 are spoken here.\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 1000000000", "Transfer-Encoding: chunked"})
  void aBodyThatIsTooLargeIsA413AndTheEnd(String framing) throws Exception {
    refuses(
        RawClient.request("POST", "/-/healthy", framing)
            + ("1000\r\n" + "x".repeat(0x1000) + "\r\n").repeat(20),
        413,
        "The request's body is too large.\n");
  }

  private void refuses(String bytes, int status, String body, String... settings) throws Exception {
    RunningExporter exporter = start(settings);
    try (RawClient client = exporter.connect()) {
      client.send(bytes + RawClient.get("/-/healthy").repeat(1_000));

      RawClient.Answer answer = client.read();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.body()).isEqualTo(body);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(client.closedSilently()).isTrue();
    }
    awaitConnections(exporter, 1);
  }

  @Test
  void anotherProbeThanMaxInFlightAllowsIsA503AndTheNextOneIsLetIn() throws Exception {
    RunningExporter exporter = start("probe.max-in-flight=1");
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignorePings);
        RawClient first = exporter.connect();
        RawClient second = exporter.connect()) {
      first.sendGet("/probe?target=" + silent.ws("/"), "X-Prometheus-Scrape-Timeout-Seconds: 1.5");
      assertThat(silent.awaitRequest().requestTarget()).isEqualTo("/");

      RawClient.Answer rejected = second.sendGet("/probe?target=" + silent.ws("/")).read();
      assertThat(rejected.status()).isEqualTo(503);
      assertThat(rejected.header("retry-after")).isEqualTo("1");
      assertThat(rejected.body())
          .isEqualTo("As many probes as probe.max-in-flight allows are running.\n");
      assertThat(
              exporter.metric("websocket_exporter_probes_rejected_total{reason=\"max_in_flight\"}"))
          .isEqualTo(1);

      assertThat(first.read().status()).isEqualTo(200);
      assertThat(second.sendGet("/probe?target=" + exporter.ownWebSocket()).read().body())
          .contains("probe_success 1.0");
      assertThat(silent.requests()).as("the rejected probe did not run").isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"epoll, ping", "nio, ping", "epoll, upgrade", "nio, upgrade"})
  void aClientThatHangsUpCancelsItsProbe(String transport, String phase) throws Exception {
    CompletableFuture<Boolean> reached = new CompletableFuture<>();
    CompletableFuture<Peer.End> end = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          if (phase.equals("ping")) {
            peer.acceptUpgrade();
            peer.readFrame(Peer.PING);
          } else {
            peer.readRequestHead();
          }
          reached.complete(true);
          end.complete(peer.awaitEnd());
        };
    RunningExporter exporter = start("transport=" + transport);
    try (ScriptedServer target = ScriptedServer.start(script)) {
      try (RawClient client = exporter.connect()) {
        client.sendGet("/probe?target=" + target.ws("/"));
        assertThat(target.awaitRequest().requestTarget()).isEqualTo("/");
        assertThat(reached).succeedsWithin(Duration.ofSeconds(10));
        assertThat(exporter.metric(IN_FLIGHT)).isEqualTo(1);
      }

      assertThat(end).as("the probe's connection was closed").succeedsWithin(Duration.ofSeconds(5));
      await().untilAsserted(() -> assertThat(exporter.metric(IN_FLIGHT)).isZero());
      assertThat(
              exporter.metric(
                  "websocket_exporter_probe_failures_total{module=\"websocket_ping\",phase=\""
                      + phase
                      + "\",reason=\"cancelled\"}"))
          .isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void aClientThatPipelinesAndHangsUpCancelsItsProbe(String transport) throws Exception {
    RunningExporter exporter = start("transport=" + transport);
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignorePings)) {
      try (RawClient client = exporter.connect()) {
        client.send(RawClient.get("/probe?target=" + silent.ws("/")) + RawClient.get("/-/healthy"));
        assertThat(silent.awaitRequest().requestTarget()).isEqualTo("/");
        assertThat(exporter.metric(IN_FLIGHT)).isEqualTo(1);
      }

      await().untilAsserted(() -> assertThat(exporter.metric(IN_FLIGHT)).isZero());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void aClientThatPipelinesWithoutEndIsNotReadWithoutEnd(String transport) throws Exception {
    RunningExporter exporter = start("transport=" + transport);
    byte[] requests = RawClient.get("/-/healthy").repeat(1_000).getBytes(StandardCharsets.US_ASCII);
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignorePings);
        SocketChannel client =
            SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), exporter.port()))) {
      client.configureBlocking(false);
      client.write(
          ByteBuffer.wrap(
              RawClient.get("/probe?target=" + silent.ws("/"))
                  .getBytes(StandardCharsets.US_ASCII)));
      assertThat(silent.awaitRequest().requestTarget()).isEqualTo("/");
      int most = 64 << 20;
      int sent = 0;
      int refused = 0;
      while (sent < most && refused < 50) {
        int written = client.write(ByteBuffer.wrap(requests));
        sent += written;
        refused = written == 0 ? refused + 1 : 0;
        if (written == 0) {
          // Whatever the exporter reads meanwhile, it has read before it answers this.
          assertThat(exporter.get("/-/healthy").body()).isEqualTo(HEALTHY);
        }
      }

      assertThat(sent).as("what the system's buffers take").isLessThan(most);
    }
  }

  @Test
  void oneConnectionMoreThanAllowedIsA503AndTheEnd() throws Exception {
    RunningExporter exporter = start("web.max-connections=2");
    try (ScriptedServer target = ScriptedServer.start(Peer::answerPings);
        RawClient first = exporter.connect();
        RawClient second = exporter.connect()) {
      assertThat(first.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      assertThat(second.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      for (String path : List.of("/", "/x", "/probe?target=" + target.ws("/"))) {
        try (RawClient third = exporter.connect()) {
          RawClient.Answer answer = third.sendGet(path).read();
          assertThat(answer.status()).isEqualTo(503);
          assertThat(answer.header("retry-after")).isEqualTo("1");
          assertThat(answer.header("connection")).isEqualTo("close");
          assertThat(answer.body())
              .isEqualTo("The exporter has no place for another connection.\n");
          assertThat(third.closedSilently()).isTrue();
        }
      }
      assertThat(target.requests()).as("nothing was probed").isEmpty();
      assertThat(
              exporter.metric(
                  "websocket_exporter_probes_rejected_total{reason=\"max_connections\"}"))
          .isEqualTo(1);
      assertThat(first.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      second.hangUp();
      await()
          .untilAsserted(
              () ->
                  assertThat(first.sendGet("/metrics").read().body())
                      .contains("websocket_exporter_http_connections 1.0"));
      try (RawClient third = exporter.connect()) {
        assertThat(third.sendGet("/x").read().status()).isEqualTo(404);
      }
    }
  }

  @Test
  void healthAndMetricsAreAnsweredWhenAllConnectionsAreTaken() throws Exception {
    RunningExporter exporter = start("web.max-connections=1");
    try (RawClient only = exporter.connect()) {
      assertThat(only.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      for (int i = 0; i < 200; i++) {
        RawClient.Answer healthy = exporter.get("/-/healthy");
        assertThat(healthy.body()).isEqualTo(HEALTHY);
        assertThat(healthy.header("connection")).isEqualTo("close");
      }
      assertThat(exporter.get("/-/ready").body()).isEqualTo("Ready.\n");
      assertThat(exporter.metric("websocket_exporter_http_connections")).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void aCrowdOfConnectionsTooManyIsBoundedAndPasses(String transport) throws Exception {
    RunningExporter exporter = start("web.max-connections=1", "transport=" + transport);
    List<RawClient> crowd = new ArrayList<>();
    try (RawClient only = exporter.connect()) {
      assertThat(only.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      for (int i = 0; i < 300; i++) {
        crowd.add(exporter.connect());
        assertThat(connections(only)).isLessThanOrEqualTo(1 + 64);
      }
      assertThat(exporter.get("/-/healthy").body()).as("amid the crowd").isEqualTo(HEALTHY);

      for (RawClient each : crowd) {
        assertThat(each.closedSilently()).isTrue();
      }
      assertThat(exporter.get("/-/healthy").body()).isEqualTo(HEALTHY);
      await().untilAsserted(() -> assertThat(connections(only)).isEqualTo(1));
    } finally {
      for (RawClient each : crowd) {
        each.close();
      }
    }
  }

  private static double connections(RawClient client) throws Exception {
    return RunningExporter.value(
        client.sendGet("/metrics").read().body(), "websocket_exporter_http_connections");
  }

  @Test
  void aConnectionTooManyThatAsksNothingSoonEnds() throws Exception {
    RunningExporter exporter = start("web.max-connections=1");
    try (RawClient only = exporter.connect();
        RawClient silent = exporter.connect();
        RawClient slow = exporter.connect()) {
      assertThat(only.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
      slow.send("GET /-/healthy HTTP/1.1\r\n");

      assertThat(silent.closedSilently()).isTrue();
      assertThat(slow.closedSilently()).isTrue();
      assertThat(only.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
    }
  }

  @Test
  void aRequestThatTakesTooLongToArriveIsA408AndTheEnd() throws Exception {
    RunningExporter exporter = start("web.request-timeout=300ms");
    List<String> beginnings = new ArrayList<>();
    beginnings.add("GET /-/healthy HTTP/1.1\r\nX-Drip: ");
    beginnings.add(RawClient.request("POST", "/-/healthy", "Content-Length: 1000") + "half");
    beginnings.add(
        RawClient.request("POST", "/-/healthy", "Transfer-Encoding: chunked") + "ffff\r\nab");
    for (String beginning : beginnings) {
      try (RawClient client = exporter.connect()) {
        client.send(beginning);
        await()
            .pollInterval(Duration.ofMillis(50))
            .until(
                () -> {
                  client.send("x");
                  return client.hasBytes();
                });

        RawClient.Answer answer = client.read();
        assertThat(answer.status()).isEqualTo(408);
        assertThat(answer.body()).isEqualTo("The request took too long to arrive.\n");
        assertThat(answer.header("connection")).isEqualTo("close");
        assertThat(client.closedSilently()).isTrue();
      }
    }
  }

  @Test
  void aClientThatIsRefusedAndDoesNotCloseIsClosedInTheEnd() throws Exception {
    RunningExporter exporter = start("web.request-timeout=300ms");
    try (RawClient client = exporter.connect()) {
      assertThat(client.send("GARBAGE\r\n\r\n").read().status()).isEqualTo(400);

      awaitConnections(exporter, 1);
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void anAnswerThatTheSystemHoldsAndTheClientDoesNotTakeIsCutOff() throws Exception {
    RunningExporter exporter = start("transport=epoll", "web.request-timeout=500ms");
    try (Socket client = new Socket()) {
      client.setReceiveBufferSize(1_024); // Less than the answer, which goes out none the less.
      client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), exporter.port()));
      client.getOutputStream().write(RawClient.get("/metrics").getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().read()).as("of HTTP/1.1").isEqualTo('H');

      awaitConnections(exporter, 1);
    }
  }

  @Test
  void anIdleConnectionIsClosedSilently() throws Exception {
    RunningExporter exporter = start("web.idle-timeout=200ms");
    try (RawClient fresh = exporter.connect();
        RawClient used = exporter.connect()) {
      assertThat(used.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);

      assertThat(fresh.closedSilently()).isTrue();
      assertThat(used.closedSilently()).isTrue();
    }
  }

  @Test
  void aConnectionThatNeverAsksIsClosedSilentlyAfterTheTimeOfARequest() throws Exception {
    RunningExporter exporter = start("web.request-timeout=200ms");
    try (RawClient used = exporter.connect();
        RawClient fresh = exporter.connect()) {
      assertThat(used.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);

      assertThat(fresh.closedSilently()).isTrue();
      assertThat(used.sendGet("/-/healthy").read().body()).isEqualTo(HEALTHY);
    }
  }

  @Test
  void aRequestThatBeganBehindAnotherHasAsLongToArrive() throws Exception {
    RunningExporter exporter = start("web.request-timeout=300ms");
    try (RawClient client = exporter.connect()) {
      client.send(RawClient.get("/-/healthy") + "GET /-/healthy HTTP/1.1\r\nHost: h\r\nX-Drip: ");
      assertThat(client.read().body()).isEqualTo(HEALTHY);

      assertThat(client.read().status()).isEqualTo(408);
      assertThat(client.closedSilently()).isTrue();
    }
  }

  @Test
  void aProbeMayTakeLongerThanTheTimeoutsOfConnections() throws Exception {
    RunningExporter exporter = start("web.idle-timeout=500ms", "web.request-timeout=500ms");
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignorePings)) {
      RawClient.Answer answer =
          exporter.get("/probe?target=" + silent.ws("/"), "X-Prometheus-Scrape-Timeout-Seconds: 2");

      assertThat(answer.body()).contains("reason=\"pong_timeout\"");
    }
  }

  /** Waits until so many are open, the one that asks among them. */
  private static void awaitConnections(RunningExporter exporter, int count) {
    await()
        .untilAsserted(
            () ->
                assertThat(exporter.metric("websocket_exporter_http_connections"))
                    .isEqualTo(count));
  }
}
