package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.OpenSslAuthority;
import io.github.websocketexporter.testing.OpenSslAuthority.Identity;
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
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Targets are secrets: whatever happens to a probe, and however its peer tries to make the exporter
 * repeat them, path, query and user info of its target, and the headers and credentials of its
 * module, are in nothing that the exporter says.
 */
class CanaryIT {
  private static final String TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds";

  /** The log line of a probe: its target without secrets, and further on what became of it. */
  private static final String TRACE = ".*wss?://%s:%d/….*\\b%s\\b.*";

  private static final Pattern PAGE_OF_A_PROBE = Pattern.compile("probes/[0-9a-z-]+");

  @TempDir private static Path directory;

  /** All that the exporter said over HTTP, by what it was asked. */
  private final Map<String, String> answers = new LinkedHashMap<>();

  /** What the log must show: a probe of a host and port, with its reason. */
  private final List<String> traces = new ArrayList<>();

  private final SoftAssertions softly = new SoftAssertions();

  @ParameterizedTest
  @ValueSource(strings = {"logfmt", "json"})
  void noSecretOfATargetIsInAnythingThatTheExporterSays(String logFormat) throws Exception {
    try (DnsServer nameServer = new DnsServer();
        ExporterProcess exporter =
            ExporterProcess.start(
                "--debug",
                "--timeout=1s",
                "--log.format=" + logFormat,
                "--web.enable-lifecycle",
                "--config.file=" + config(nameServer))) {
      probeEveryWayToFail(exporter);
      askInEveryWrongWay(exporter);
      hangUp(exporter);
      probeANamedTarget(exporter);
      for (String page : List.of("/", "/config", "/metrics", "/-/healthy", "/-/ready")) {
        note(page, exporter.get(page));
      }
      lookAtEachProbe(exporter);
      reloadWhatIsNotValid(exporter);
      await().untilAsserted(() -> assertThat(probesIn(exporter)).hasSameSizeAs(traces));
      assertThat(traces)
          .allSatisfy(
              trace -> assertThat(probesIn(exporter)).anyMatch(line -> line.matches(trace)));
      exporter.sigterm();
      softly.assertThat(exporter.exitCode()).isZero();

      Canary.assertAbsentFrom("stdout", exporter.stdout());
      Canary.assertAbsentFrom("stderr", exporter.stderr());
      answers.forEach(Canary::assertAbsentFrom);
      softly.assertAll();
    }
  }

  private void lookAtEachProbe(ExporterProcess exporter) {
    List<String> pages =
        PAGE_OF_A_PROBE
            .matcher(exporter.get("/").body())
            .results()
            .map(link -> "/" + link.group())
            .toList();
    assertThat(pages).hasSizeGreaterThan(30);
    pages.forEach(page -> note(page, exporter.get(page)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /id/cnryPathQ7xZ",
        "get /id/CNRYPATHQ7XZ",
        "%63%6e%72%79%50%61%74%68%51%37%78%5A",
        "%2563%256e%2572%2579%2550%2561%2574%2568%2551%2537%2578%255a",
        "Basic Y25yeVVzZXJKOWZUOmNucnlQYXNzQjVtUg==",
        "PGNucnlVc2VySjlmVD4=",
        "PDxjbnJ5VXNlcko5ZlQ+Pg==",
        "[636e727951756572795733764b]"
      })
  void aSecretIsRecognizedInWhateverForm(String text) {
    assertThatThrownBy(() -> Canary.assertAbsentFrom("an answer", text))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("in an answer");
  }

  private void probeEveryWayToFail(ExporterProcess exporter) throws Exception {
    against("none", exporter, Peer::answerPings);
    against("upgrade/upgrade_timeout", exporter, Peer::ignoreUpgrade);
    against("upgrade/closed_by_peer", exporter, Peer::readRequestHead);
    // Each of these gives back what it was sent, in one place or another.
    against(
        "upgrade/upgrade_status",
        exporter,
        peer -> {
          Head head = peer.readRequestHead();
          String body = head.text();
          peer.send(Peer.response("403 " + head.requestLine(), "Content-Length: " + body.length()));
          peer.send(body);
          peer.awaitEnd();
        });
    against(
        "upgrade/upgrade_status",
        exporter,
        peer -> {
          String location = "http://127.0.0.1:1" + peer.readRequestHead().requestTarget();
          peer.send(Peer.response("302 Found", "Location: " + location, "Content-Length: 0"));
        });
    against(
        "upgrade/upgrade_malformed",
        exporter,
        peer -> {
          peer.send(peer.readRequestHead().text());
          peer.awaitEnd();
        });
    against(
        "upgrade/upgrade_malformed",
        exporter,
        peer -> {
          String target = peer.readRequestHead().requestTarget();
          peer.send(Peer.response("101 Switching Protocols", "Upgrade: " + target));
          peer.awaitEnd();
        });
    against(
        "upgrade/upgrade_accept_mismatch",
        exporter,
        peer -> {
          String target = peer.readRequestHead().requestTarget();
          peer.send(
              Peer.response(
                  "101 Switching Protocols",
                  "Upgrade: websocket",
                  "Connection: Upgrade",
                  "Sec-WebSocket-Accept: " + target));
          peer.awaitEnd();
        });
    against("upgrade/upgrade_subprotocol", exporter, echoing("Sec-WebSocket-Protocol: "));
    against("upgrade/upgrade_extension", exporter, echoing("Sec-WebSocket-Extensions: "));
    against(
        "upgrade/upgrade_too_large",
        exporter,
        peer -> {
          String target = peer.readRequestHead().requestTarget();
          peer.send("HTTP/1.1 200 OK\r\nX: " + target.repeat(1_000) + "\r\n");
          peer.awaitEnd();
        });
    against(
        "ping/pong_timeout",
        exporter,
        peer -> {
          peer.sendFrame(Peer.PONG, bytes(peer.acceptUpgrade().requestTarget()));
          peer.awaitEnd();
        });
    against(
        "ping/closed_by_peer",
        exporter,
        peer -> {
          String reason = peer.acceptUpgrade().requestTarget();
          peer.sendFrame(Peer.CLOSE, Peer.status(1011, reason));
          peer.awaitEnd();
        });
    against(
        "ping/connection_reset",
        exporter,
        peer -> {
          peer.acceptUpgrade();
          peer.readFrame();
          peer.reset();
        });
    against(
        "ping/protocol_violation",
        exporter,
        peer -> {
          peer.sendFrame(0x3, bytes(peer.acceptUpgrade().requestTarget()));
          peer.awaitEnd();
        });
    againstTls(exporter);
    probe("connect/connect_refused", exporter, "ws", "127.0.0.1", Ports.closed());
    probe("resolve/dns_not_found", exporter, "wss", "no-such-host.invalid", 443);
  }

  private void againstTls(ExporterProcess exporter) throws Exception {
    try (ScriptedServer plain =
            ScriptedServer.start(
                peer -> {
                  peer.read();
                  peer.send(Peer.response("400 Bad Request"));
                  peer.awaitEnd();
                });
        ScriptedServer silent = ScriptedServer.start(Peer::awaitEnd);
        ScriptedServer untrusted =
            ScriptedServer.startTls(
                Certificates.in(directory).serverContext(), Peer::answerPings)) {
      probe("tls/tls_protocol", exporter, "wss", "localhost", plain.port());
      probe("tls/tls_timeout", exporter, "wss", "localhost", silent.port());
      probe("tls/tls_certificate_untrusted", exporter, "wss", "localhost", untrusted.port());
    }
  }

  /** Requests that are the caller's fault, each with secrets in it. */
  private void askInEveryWrongWay(ExporterProcess exporter) throws IOException {
    String secrets = Canary.PATH + "?q=" + Canary.QUERY;
    String userInfo = Canary.USER + ":" + Canary.PASSWORD + "@";
    for (String target :
        List.of(
            secrets,
            userInfo + "host/" + secrets,
            "ftp://host/" + secrets,
            Canary.USER + "://host/" + secrets,
            "ws://",
            "ws:///" + secrets,
            "ws://" + userInfo,
            "ws://" + userInfo + ":80/" + secrets,
            "ws://" + userInfo + "[::1/" + secrets,
            "ws://" + userInfo + "[::" + Canary.USER + "]/" + secrets,
            "ws://" + userInfo + "host:99999/" + secrets,
            "ws://" + userInfo + "host:0/" + secrets,
            "ws://host:" + Canary.PASSWORD + "/" + secrets,
            "ws://-" + Canary.USER + "-/" + secrets,
            "ws://" + Canary.USER + "..host/" + secrets,
            "ws://" + (Canary.USER + ".").repeat(30) + "host/" + secrets,
            "ws://" + userInfo + "0x7f.1/" + secrets,
            "ws://" + userInfo + "127.1/" + secrets,
            "ws://" + userInfo + "host/" + secrets + "#" + Canary.PATH,
            "ws://" + userInfo + "host/" + secrets + " ",
            "ws://" + userInfo + "host/" + secrets + "\n" + Canary.PATH,
            "ws://" + userInfo + "host/é" + secrets,
            "ws://" + userInfo + "host\\" + secrets,
            "ws://" + Canary.USER + "%zz:" + Canary.PASSWORD + "@host/" + secrets,
            "ws://" + Canary.USER + "%3A" + ":" + Canary.PASSWORD + "@host/" + secrets)) {
      refused(400, "target " + target, exporter.probe(target));
    }
    String good = ExporterProcess.percentEncoded(Canary.target("ws", "127.0.0.1", exporter.port()));
    String probe = "/probe?target=" + good;
    refused(400, "two targets", exporter.get(probe + "&target=" + good));
    refused(400, "no target", exporter.get("/probe?" + Canary.QUERY + "=" + Canary.PATH));
    refused(400, "unknown module", exporter.get(probe + "&module=" + Canary.PATH));
    for (String seconds : List.of(Canary.PATH, "-1", "0", "NaN", "1s" + Canary.QUERY)) {
      refused(400, "timeout " + seconds, exporter.get(probe, TIMEOUT_HEADER, seconds));
    }
    refused(404, "unknown path", exporter.get("/" + Canary.PATH + "?" + Canary.QUERY));

    String large = (Canary.PATH + Canary.QUERY).repeat(1_000);
    raw(400, exporter, "GET /probe?target=%zz" + Canary.PATH + " HTTP/1.1\r\nHost: a\r\n\r\n");
    raw(405, exporter, "POST " + probe + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
    raw(414, exporter, "GET " + probe + large + " HTTP/1.1\r\nHost: a\r\n\r\n");
    raw(431, exporter, "GET " + probe + " HTTP/1.1\r\nHost: a\r\nX: " + large + "\r\n\r\n");
    raw(400, exporter, Canary.PATH + "\r\n\r\n");
    raw(400, exporter, "GET " + probe + " HTTP/1.1\r\n" + Canary.USER + " : bad\r\n\r\n");
  }

  /** The scraper goes away while its probe runs. */
  private void hangUp(ExporterProcess exporter) throws Exception {
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignoreUpgrade)) {
      String target = Canary.target("ws", "127.0.0.1", silent.port());
      String request = "GET /probe?target=" + ExporterProcess.percentEncoded(target);
      try (Socket scraper = new Socket(InetAddress.getLoopbackAddress(), exporter.port())) {
        scraper.getOutputStream().write(bytes(request + " HTTP/1.1\r\nHost: a\r\n\r\n"));
        silent.awaitRequest();
      }
      expectTrace("127.0.0.1", silent.port(), "cancelled");
      await().untilAsserted(() -> assertThat(probesIn(exporter)).hasSameSizeAs(traces));
    }
  }

  private void against(String failure, ExporterProcess exporter, ScriptedServer.Script script)
      throws IOException {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      probe(failure, exporter, "ws", "127.0.0.1", server.port());
      softly
          .assertThat(server.requests())
          .as("the server was told the secrets, by each probe")
          .hasSize(3)
          .allMatch(
              request ->
                  request.requestTarget().startsWith("/id/")
                      && request.requestTarget().contains("?token="));
    }
  }

  private void probe(
      String failure, ExporterProcess exporter, String scheme, String host, int port) {
    String plain = Canary.target(scheme, host, port);
    String encoded = Canary.encodedTarget(scheme, host, port);
    CompletableFuture<Answer> answerToEncoded = exporter.probeInBackground(encoded);
    CompletableFuture<Answer> debugPage =
        CompletableFuture.supplyAsync(
            () ->
                exporter.get("/probe?debug=true&target=" + ExporterProcess.percentEncoded(plain)));
    Map<String, Answer> all =
        Map.of(
            plain,
            exporter.probe(plain),
            encoded,
            answerToEncoded.join(),
            "the page of " + plain,
            debugPage.join());
    all.forEach(
        (target, answer) -> {
          softly.assertThat(answer.failure()).isEqualTo(failure);
          note(failure + " of " + target, answer);
          String reason = failure.substring(failure.indexOf('/') + 1);
          expectTrace(host, port, failure.equals("none") ? "success\\W{1,4}true" : reason);
        });
  }

  private void probeANamedTarget(ExporterProcess exporter) {
    for (String probe : List.of("/probe?target=named", "/probe?debug=true&target=named")) {
      note(probe, exporter.get(probe));
      traces.add(".*target\\W+named\\b.*\\bconnect_refused\\b.*");
    }
  }

  /** Each time something is wrong beside a secret, or with it. */
  private void reloadWhatIsNotValid(ExporterProcess exporter) throws IOException {
    for (String wrong :
        List.of(
            "headers { X-Canary = " + Canary.HEADER + " \"" + Canary.TOKEN + " }",
            "headers { X-Canary = \"" + Canary.HEADER + "\\n\" }",
            "authorization.bearer { token = [" + Canary.TOKEN + "] }",
            "authorization.bearer { token = " + Canary.TOKEN + ", token-file = none }",
            "authorization.basic { username = \"a:b\", password = " + Canary.PASSWORD + " }",
            "tls.key-password = " + Canary.PASSWORD,
            "tls { cert-file = key.pem, key-file = key.pem, key-password = " + Canary.TOKEN + " }",
            "messages = [ { send = { " + Canary.PATH + " = 1 } ]",
            "}, targets.a { url = \"ftp://host/" + Canary.PATH + "\"",
            "policy.allow.hosts = [\"wss://host/" + Canary.PATH + "\"]",
            "policy.deny.cidrs = [\"wss://host/" + Canary.PATH + "\"]",
            "proxy { url = \"http://127.0.0.1:1\", no-proxy = [\"host/" + Canary.PATH + "\"] }",
            "tls.server-name = \"host/" + Canary.PATH + "\"",
            "host = \"host/" + Canary.PATH + "\"",
            "origin = \"https://" + Canary.USER + ":" + Canary.PASSWORD + "@host\"",
            "extends = \"" + (Canary.TOKEN + ".").repeat(9) + "\"",
            "messages = [ { expect = a, extract = [\"host/" + Canary.PATH + "\"] } ]",
            "nonsense = 1, authorization.bearer { token = " + Canary.TOKEN + " }")) {
      Files.writeString(
          directory.resolve("exporter.conf"),
          "websocket-exporter.modules.websocket_ping {\n" + wrong + "\n}\n");
      refused(500, wrong, exporter.post("/-/reload"));
    }
  }

  private void refused(int status, String what, Answer answer) {
    softly.assertThat(answer.status()).as(what).isEqualTo(status);
    note(what, answer);
  }

  private void raw(int status, ExporterProcess exporter, String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), exporter.port())) {
      socket.getOutputStream().write(bytes(request));
      socket.shutdownOutput();
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      softly.assertThat(answer).as(request).startsWith("HTTP/1.1 " + status + " ");
      answers.put("raw " + request, answer);
    }
  }

  private void note(String what, Answer answer) {
    softly.assertThat(answer.body()).as(what).isNotEmpty();
    answers.put(what, answer.headers().map() + "\n" + answer.body());
  }

  private void expectTrace(String host, int port, String reason) {
    traces.add(TRACE.formatted(host.replace(".", "\\."), port, reason));
  }

  /** The log lines of probes. JSON may write a slash with a backslash before it, and does. */
  private static List<String> probesIn(ExporterProcess exporter) {
    return exporter
        .stderr()
        .replace("\\/", "/")
        .lines()
        .filter(line -> line.contains("probe ended"))
        .toList();
  }

  private static ScriptedServer.Script echoing(String header) {
    return peer -> {
      Head head = peer.readRequestHead();
      peer.send(Peer.switchingProtocols(head, header + head.requestTarget()));
      peer.awaitEnd();
    };
  }

  private static Path config(DnsServer nameServer) throws Exception {
    OpenSslAuthority.assumeInstalled();
    Identity client =
        OpenSslAuthority.selfSigned(directory, "a client", "keyUsage=digitalSignature");
    Path key = directory.resolve("key.pem");
    OpenSslAuthority.run(
        "pkcs8",
        "-topk8",
        "-in",
        client.key().toString(),
        "-passout",
        "pass:" + Canary.PASSWORD,
        "-out",
        key.toString());
    // The certificate and the key in one file.
    Files.writeString(key, Files.readString(client.chain()), StandardOpenOption.APPEND);
    return Files.writeString(
        directory.resolve("exporter.conf"),
        """
        websocket-exporter {
          web.shutdown-delay = 0s
          dns.servers = ["127.0.0.1:%7$d"]
          modules.websocket_ping {
            headers { X-Canary = %1$s }
            authorization.bearer.token = %2$s
          }
          # Shown at /config and probed by nobody.
          modules.other {
            authorization.basic { username = %3$s, password = %4$s }
            proxy { url = "http://127.0.0.1:1", username = other, password = %4$s }
            tls { cert-file = key.pem, key-file = key.pem, key-password = %4$s }
            messages = [ { send = %5$s } ]
          }
          modules.heir { extends = other, messages = [ { send = %6$s } ] }
          targets.named {
            url = "ws://%3$s:%4$s@127.0.0.1:1/%5$s?%6$s"
            headers { X-Canary = %1$s }
          }
        }
        """
            .formatted(
                Canary.HEADER,
                Canary.TOKEN,
                Canary.USER,
                Canary.PASSWORD,
                Canary.PATH,
                Canary.QUERY,
                nameServer.address().getPort()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
