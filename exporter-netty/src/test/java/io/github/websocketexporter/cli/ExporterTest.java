package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.channel.epoll.Epoll;
import io.netty.handler.codec.DateFormatter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the exporter answers to single requests. */
class ExporterTest {
  private static final String CANARY = "c4n4ry";
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String VMAGENT_ACCEPT =
      "text/plain;version=0.0.4;q=1,*/*;q=0.1"; // what a vmagent asks for
  private static final String PROMETHEUS_2_ACCEPT =
      "application/openmetrics-text;version=1.0.0,"
          + "application/openmetrics-text;version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String PROMETHEUS_3_ACCEPT =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
          + "application/openmetrics-text;version=0.0.1;q=0.5,"
          + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,"
          + "*/*;q=0.2";

  private static RunningExporter exporter;
  private static ScriptedServer target;

  @BeforeAll
  static void start() throws Exception {
    exporter = RunningExporter.with();
    target = ScriptedServer.start(Peer::answerPings);
  }

  @AfterAll
  static void stop() throws IOException {
    target.close();
    exporter.close();
  }

  @Test
  void aProbeOfTheExportersOwnWebSocketSucceedsWithExactlyTheseMetrics() throws Exception {
    RawClient.Answer answer = exporter.get("/probe?target=" + exporter.ownWebSocket());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo(TEXT);
    assertThat(answer.header("vary")).isEqualTo("Accept, Accept-Encoding");
    assertThat(answer.header("content-encoding")).isNull();
    assertThat(answer.header("connection")).isNull();
    Set<String> names = RunningExporter.names(answer.body());
    if (Epoll.isAvailable()) {
      List<String> ofTcp =
          List.of(
              "probe_tcp_rtt_seconds", "probe_tcp_rtt_variance_seconds", "probe_tcp_retransmits");
      assertThat(names).containsAll(ofTcp);
      names.removeAll(ofTcp);
    }
    assertThat(names)
        .isEqualTo(
            Set.of(
                "probe_success",
                "probe_duration_seconds",
                "probe_websocket_up",
                "probe_websocket_connection_duration_seconds",
                "probe_websocket_ping_pong_success",
                "probe_websocket_ping_pong_duration_seconds",
                "probe_websocket_ping_pong_uncertainty_seconds",
                "probe_websocket_ping_pong_clock_info",
                "probe_websocket_handshake_info",
                "probe_ip_addr_hash",
                "probe_websocket_duration_seconds",
                "probe_timeout_seconds",
                "probe_websocket_connection_upgraded",
                "probe_websocket_status_code",
                "probe_websocket_ssl",
                "probe_ip_protocol",
                "probe_websocket_pings_sent",
                "probe_websocket_pongs_received",
                "probe_websocket_unmatched_pongs"));
    assertThat(value(answer, "probe_success")).isEqualTo(1);
    assertThat(value(answer, "probe_websocket_status_code")).isEqualTo(101);
    assertThat(value(answer, "probe_websocket_ssl")).isZero();
    assertThat(value(answer, "probe_websocket_ping_pong_duration_seconds")).isPositive();
    assertThat(value(answer, "probe_websocket_duration_seconds{phase=\"resolve\"}")).isNaN();
    assertThat(value(answer, "probe_websocket_duration_seconds{phase=\"tls\"}")).isNaN();
    assertThat(value(answer, "probe_websocket_duration_seconds{phase=\"upgrade\"}")).isPositive();
  }

  @Test
  void aTargetThatRefusesIsA200WhoseMetricsSayWhy() throws Exception {
    RawClient.Answer answer = exporter.get("/probe?target=ws://127.0.0.1:" + Ports.closed());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(value(answer, "probe_success")).isZero();
    assertThat(value(answer, "probe_websocket_up")).isZero();
    assertThat(value(answer, "probe_failure_info{phase=\"connect\",reason=\"connect_refused\"}"))
        .isEqualTo(1);
    assertThat(answer.body()).doesNotContain("probe_websocket_status_code", "phase=\"upgrade\"");
  }

  @ParameterizedTest
  @CsvSource({
    "/, text/html; charset=utf-8",
    "/-/healthy, text/plain; charset=utf-8",
    "/-/ready, text/plain; charset=utf-8",
    "/metrics, text/plain; version=0.0.4; charset=utf-8"
  })
  void everyPathAnswersGetAndHead(String path, String contentType) throws Exception {
    try (RawClient client = exporter.connect()) {
      RawClient.Answer get = client.sendGet(path).read();
      RawClient.Answer head = client.send(RawClient.request("HEAD", path)).readHead();
      RawClient.Answer next = client.sendGet("/-/healthy").read();

      assertThat(get.status()).isEqualTo(200);
      assertThat(get.header("content-type")).isEqualTo(contentType);
      assertThat(get.body()).isNotEmpty();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.header("content-type")).isEqualTo(contentType);
      assertThat(Integer.parseInt(String.valueOf(head.header("content-length")))).isPositive();
      assertThat(next.body()).as("no body of the HEAD in between").isEqualTo("Healthy.\n");
    }
  }

  @Test
  void theProbeAnswersHeadWithTheLengthAlone() throws Exception {
    try (RawClient client = exporter.connect()) {
      RawClient.Answer head =
          client
              .send(RawClient.request("HEAD", "/probe?target=" + exporter.ownWebSocket()))
              .readHead();

      assertThat(head.status()).isEqualTo(200);
      assertThat(Integer.parseInt(String.valueOf(head.header("content-length")))).isPositive();
      assertThat(client.sendGet("/-/healthy").read().body()).isEqualTo("Healthy.\n");
    }
  }

  @Test
  void healthAndReadinessSayWhatTheyAre() throws Exception {
    assertThat(exporter.get("/-/healthy").body()).isEqualTo("Healthy.\n");
    assertThat(exporter.get("/-/ready").body()).isEqualTo("Ready.\n");
  }

  @Test
  void theLandingPageLinksWhatThereIsAndRunsNothing() throws Exception {
    RawClient.Answer page = exporter.get("/");

    assertThat(page.body())
        .contains("Version 1.2.3", "action=\"probe\"", "href=\"./metrics\"")
        .doesNotContain("<script");
    assertThat(page.header("content-security-policy"))
        .startsWith("default-src 'none'; style-src 'sha256-")
        .contains("; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/c4n4ry", "/probe/c4n4ry", "//", "/-/", "/METRICS", "/%70robe", "/a?q=c4n4ry"})
  void aPathThatThereIsNotIsA404ThatRepeatsNothing(String path) throws Exception {
    RawClient.Answer answer = exporter.get(path, "X-Canary: " + CANARY);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.body()).isEqualTo("There is nothing here.\n");
    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.headers().toString()).doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
  void anotherMethodIsA405ThatNamesTheAllowedOnes(String method) throws Exception {
    for (String path : Set.of("/", "/probe?target=x", "/metrics", "/-/healthy", "/-/websocket")) {
      try (RawClient client = exporter.connect()) {
        RawClient.Answer answer =
            client.send(RawClient.request(method, path, "Content-Length: 2") + "{}").read();

        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
        assertThat(answer.body()).isEqualTo("Only GET and HEAD are allowed here.\n");
        assertThat(client.sendGet("/-/healthy").read().status()).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/probe|The parameter target is missing: ask for ?target=wss://host/path.",
        "/probe?module=websocket_ping|The parameter target is missing: ask for ?target=wss://host/path.",
        "/probe?target=|The parameter target is missing: ask for ?target=wss://host/path.",
        "/probe?target|The parameter target is missing: ask for ?target=wss://host/path.",
        "/probe?target=ws://c4n4ry/&target=ws://c4n4ry/|The parameter target is given more than once.",
        "/probe?target=ws://c4n4ry/&module=a&module=c4n4ry|The parameter module is given more than once.",
        "/probe?target=ws://c4n4ry/&module=c4n4ry|There is no module of that name.",
        "/probe?target=ftp://c4n4ry/|The scheme of the target must be ws or wss (or http or https, which mean these).",
        "/probe?target=c4n4ry|The target is neither a URL such as wss://host/path nor the name of a target of the configuration.",
        "/probe?target=ws://h/c4n4ry%20x|The target's path or query has a space, a control or a non-ASCII character; it must be percent-encoded.",
        "/probe?target=ws://h/c4n4ry%0d%0aX:y|The target's path or query has a space, a control or a non-ASCII character; it must be percent-encoded.",
        "/probe?target=ws://h:c4n4ry/|The target's port must be a number from 1 to 65535."
      })
  void badInputIsA400OfOneSentenceThatRepeatsNothing(String path, String sentence)
      throws Exception {
    RawClient.Answer answer = exporter.get(path, "X-Canary: " + CANARY, "Cookie: " + CANARY);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(sentence + "\n").doesNotContain(CANARY);
    assertThat(answer.headers().toString()).doesNotContain(CANARY);
    assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
    assertThat(answer.header("connection")).as("a bad query does not end the connection").isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://exporter/-/healthy", "HTTP://EXPORTER/-/healthy?a"})
  void aRequestTargetInAbsoluteFormCountsWithoutItsSchemeAndHost(String requestTarget)
      throws Exception {
    RawClient.Answer answer = exporter.get(requestTarget);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("Healthy.\n");
  }

  @Test
  void eachAnswerSaysWhenItWasMade() throws Exception {
    assertThat(exporter.get("/-/healthy").header("date"))
        .satisfies(date -> assertThat(DateFormatter.parseHttpDate(date)).isNotNull());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "abc",
        "NaN",
        "Infinity",
        "-Infinity",
        "",
        "10s",
        "10d",
        "1e999",
        "0x1p3"
      })
  void aScrapeTimeoutThatIsNotAPositiveNumberIsA400(String value) throws Exception {
    RawClient.Answer answer =
        exporter.get(
            "/probe?target=" + exporter.ownWebSocket(),
            "X-Prometheus-Scrape-Timeout-Seconds: " + value);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body())
        .isEqualTo("The header X-Prometheus-Scrape-Timeout-Seconds must be a positive number.\n");
  }

  @Test
  void anUnknownModuleIsCountedAndNothingIsProbed() throws Exception {
    try (ScriptedServer untouched = ScriptedServer.start(Peer::answerPings)) {
      double before = exporter.metric("websocket_exporter_module_unknown_total");

      exporter.get("/probe?module=c4n4ry&target=" + untouched.ws("/"));

      assertThat(exporter.metric("websocket_exporter_module_unknown_total")).isEqualTo(before + 1);
      assertThat(untouched.requests()).isEmpty();
      assertThat(exporter.get("/metrics").body()).doesNotContain(CANARY);
    }
  }

  @Test
  void anEmptyModuleIsTheDefaultOne() throws Exception {
    RawClient.Answer answer = exporter.get("/probe?module=&target=" + exporter.ownWebSocket());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(value(answer, "probe_success")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "/a+b, /a+b",
    "/a%2Fb, /a/b",
    "/a%252Fb, /a%2Fb",
    "/a%25252Fb, /a%252Fb",
    "/a%2Bb, /a+b",
    "/a%2520b, /a%20b",
    "/a;b=c;d, /a;b=c;d",
    "/a%3Bb, /a;b",
    "/a?b=c%26d=e, /a?b=c&d=e",
    "/a?b=c&module=websocket_ping, /a?b=c",
    "%2F%3Fb%3D%2B, /?b=+",
    "'', /"
  })
  void theTargetIsDecodedOnceAndOnlyOnce(String sent, String received) throws Exception {
    RawClient.Answer answer = exporter.get("/probe?target=" + target.ws(sent));

    assertThat(value(answer, "probe_success")).isEqualTo(1);
    assertThat(target.awaitRequest().requestTarget()).isEqualTo(received);
  }

  @Test
  void aWhollyEncodedTargetIsTheSameAsAPlainOne() throws Exception {
    String url = target.ws("/t0ken").replace(":", "%3A").replace("/", "%2F");

    assertThat(value(exporter.get("/probe?target=" + url), "probe_success")).isEqualTo(1);
    assertThat(target.awaitRequest().requestTarget()).isEqualTo("/t0ken");
  }

  @Test
  void aTargetOf4KiBOfWhichEveryByteIsEncodedPasses() throws Exception {
    String path = "/" + "x".repeat(4096 - target.ws("/").length());
    StringBuilder encoded = new StringBuilder();
    for (byte b : target.ws(path).getBytes(StandardCharsets.US_ASCII)) {
      encoded.append('%').append(String.format("%02X", b));
    }

    RawClient.Answer answer = exporter.get("/probe?target=" + encoded);

    assertThat(value(answer, "probe_success")).isEqualTo(1);
    assertThat(target.awaitRequest().requestTarget()).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({"'', 10", "5, 4.5", "0.3, 0.15", "100, 10", "0.5, 0.25", "10.5, 10", "1e1, 9.5"})
  void theScrapersTimeoutLessTheOffsetIsTheLimit(String header, double limit) throws Exception {
    String[] headers =
        header.isEmpty()
            ? new String[0]
            : new String[] {"X-Prometheus-Scrape-Timeout-Seconds: " + header};

    RawClient.Answer answer = exporter.get("/probe?target=" + exporter.ownWebSocket(), headers);

    assertThat(value(answer, "probe_timeout_seconds")).isEqualTo(limit);
  }

  @Test
  void theFormatIsTheOneThatTheScraperPrefers() throws Exception {
    String path = "/probe?target=" + exporter.ownWebSocket();

    RawClient.Answer vmagent = exporter.get(path, "Accept: " + VMAGENT_ACCEPT);
    RawClient.Answer prometheus = exporter.get(path, "Accept: " + PROMETHEUS_3_ACCEPT);
    RawClient.Answer split =
        exporter.get(path, "Accept: text/plain;q=0.1", "Accept: application/openmetrics-text");

    assertThat(vmagent.header("content-type")).isEqualTo(TEXT);
    assertThat(vmagent.body()).doesNotContain("# EOF");
    assertThat(prometheus.header("content-type")).isEqualTo(OPEN_METRICS);
    assertThat(prometheus.body()).endsWith("# EOF\n");
    assertThat(split.body()).endsWith("# EOF\n");
  }

  /** The header fields are those of vmagent 1.79.5 and Prometheus 2.42.0, to the letter. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vm_promscrape|" + VMAGENT_ACCEPT + "|10.000|" + TEXT,
        "Prometheus/2.42.0+ds|" + PROMETHEUS_2_ACCEPT + "|10|" + OPEN_METRICS
      })
  void aRealScraperIsAnsweredInItsFormatAndGzip(
      String userAgent, String accept, String timeout, String contentType) throws Exception {
    String target = URLEncoder.encode(exporter.ownWebSocket(), StandardCharsets.UTF_8);
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:%d/probe?module=websocket_ping&target=%s"
                        .formatted(exporter.port(), target)))
            .header("User-Agent", userAgent)
            .header("Accept", accept)
            .header("Accept-Encoding", "gzip")
            .header("X-Prometheus-Scrape-Timeout-Seconds", timeout)
            .build();
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().allValues("content-type")).containsExactly(contentType);
    assertThat(answer.headers().allValues("content-encoding")).containsExactly("gzip");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      String body = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(body).contains("\nprobe_success 1.0\n", "\nprobe_timeout_seconds 9.5\n");
      assertThat(body.endsWith("\n# EOF\n")).isEqualTo(contentType.equals(OPEN_METRICS));
    }
  }

  @Test
  void gzipComesWhereItIsAskedFor() throws Exception {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + exporter.port() + "/metrics"))
            .header("Accept-Encoding", "gzip")
            .build();

    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.headers().firstValue("content-encoding")).hasValue("gzip");
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
          .contains("websocket_exporter_build_info{", "jvm_", "process_");
    }
  }

  @Test
  void theJdksClientWithItsHttp2UpgradeIsAnsweredInHttp11() throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + exporter.port() + "/-/healthy"))
            .build();

    HttpResponse<String> answer =
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
  }

  @Test
  void theExportersOwnMetricsCountWhatItDid() throws Exception {
    String success = "websocket_exporter_probes_total{module=\"websocket_ping\"}";
    exporter.get("/probe?target=" + exporter.ownWebSocket());
    double before = exporter.metric(success);

    exporter.get("/probe?target=" + exporter.ownWebSocket());

    assertThat(exporter.metric(success)).isEqualTo(before + 1);
    assertThat(exporter.metric("websocket_exporter_probes_in_flight")).isZero();
    assertThat(exporter.metric("websocket_exporter_http_connections")).isPositive();
    assertThat(
            exporter.metric("websocket_exporter_probes_rejected_total{reason=\"max_in_flight\"}"))
        .isZero();
  }

  @Test
  void pathsAreThoseOfTheConfiguration() throws Exception {
    try (RunningExporter custom =
        RunningExporter.with("web.telemetry-path=/own", "web.probe-path=/ping")) {
      assertThat(custom.get("/own").body()).contains("websocket_exporter_build_info");
      assertThat(value(custom.get("/ping?target=" + custom.ownWebSocket()), "probe_success"))
          .isEqualTo(1);
      assertThat(custom.get("/metrics").status()).isEqualTo(404);
      assertThat(custom.get("/probe").status()).isEqualTo(404);
      assertThat(custom.get("/").body()).contains("action=\"ping\"", "href=\"./own\"");
    }
  }

  private static double value(RawClient.Answer answer, String sample) {
    return RunningExporter.value(answer.body(), sample);
  }
}
