package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A proxy is told a password, and may say it back in whatever it likes: that is in nothing that the
 * exporter says.
 */
class ProxyCanaryIT {
  private static final String MODULE =
      """
      websocket-exporter.modules.%s.proxy {
        url = "%s://127.0.0.1:%d", username = scraper, password = %s
      }
      """;

  @TempDir private Path directory;

  private final List<ScriptedServer> proxies = new ArrayList<>();
  private final StringBuilder config = new StringBuilder();

  /** By module, what becomes of its probes. */
  private final Map<String, String> failures = new LinkedHashMap<>();

  @AfterEach
  void closeProxies() {
    proxies.forEach(ScriptedServer::close);
  }

  @ParameterizedTest
  @ValueSource(strings = {"logfmt", "json"})
  void noPasswordOfAProxyIsInAnythingThatTheExporterSays(String logFormat) throws Exception {
    http("status", "proxy/proxy_refused", told -> Peer.response("403 " + told, "Via: " + told));
    http("unauthorized", "proxy/proxy_authentication", told -> Peer.response("407 " + told));
    http("echo", "proxy/proxy_failure", told -> told + "\r\n\r\n");
    http("version", "proxy/proxy_failure", told -> "HTTP/" + told + " 200 OK\r\n\r\n");
    http("large", "proxy/proxy_failure", told -> "HTTP/1.1 200 OK\r\nX: " + told.repeat(1_000));
    http("tunnel", "upgrade/upgrade_malformed", told -> opened() + told + "\r\n\r\n");
    socks("refused", "proxy/proxy_authentication", told -> "\1\1" + told);
    socks("nonsense", "proxy/proxy_failure", told -> "\1\0" + told);
    Path file = Files.writeString(directory.resolve("exporter.conf"), config);
    try (ExporterProcess exporter =
        ExporterProcess.start(
            "--debug", "--log.format=" + logFormat, "--timeout=5s", "--config.file=" + file)) {
      for (Map.Entry<String, String> each : failures.entrySet()) {
        Answer answer =
            exporter.get("/probe?module=" + each.getKey() + "&target=ws://target.example/");
        assertThat(answer.failure()).as(each.getKey()).isEqualTo(each.getValue());
        Canary.assertAbsentFrom(each.getKey(), answer.headers().map() + answer.body());
      }
      for (String page : List.of("/", "/metrics")) {
        Canary.assertAbsentFrom(page, exporter.get(page).body());
      }
      exporter.sigterm();
      assertThat(exporter.exitCode()).isZero();

      assertThat(exporter.stderr()).contains("proxy_refused");
      Canary.assertAbsentFrom("stdout", exporter.stdout());
      Canary.assertAbsentFrom("stderr", exporter.stderr());
    }
  }

  /** What a proxy makes of the credentials that it was told. */
  @FunctionalInterface
  private interface Echo {
    String of(String told);
  }

  private void http(String module, String failure, Echo echo) throws IOException {
    add(
        module,
        "http",
        failure,
        peer -> {
          Head head = peer.readRequestHead();
          peer.send(echo.of(head.value("Proxy-Authorization")));
          peer.awaitEnd();
        });
  }

  private void socks(String module, String failure, Echo echo) throws IOException {
    add(
        module,
        "socks5h",
        failure,
        peer -> {
          peer.readFully(4);
          peer.send(new byte[] {5, 2});
          peer.readFully(2 + "scraper".length() + 1 + Canary.PROXY_PASSWORD.length());
          peer.send(echo.of(Canary.PROXY_PASSWORD));
          peer.awaitEnd();
        });
  }

  private void add(String module, String protocol, String failure, Script script)
      throws IOException {
    ScriptedServer proxy = ScriptedServer.start(script);
    proxies.add(proxy);
    config.append(MODULE.formatted(module, protocol, proxy.port(), Canary.PROXY_PASSWORD));
    failures.put(module, failure);
  }

  private static String opened() {
    return "HTTP/1.1 200 Connection established\r\n\r\n";
  }
}
