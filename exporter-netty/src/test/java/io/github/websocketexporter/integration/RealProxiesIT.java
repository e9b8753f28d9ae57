package io.github.websocketexporter.integration;

import static io.github.websocketexporter.integration.ProxyProcess.Kind.TINYPROXY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exporter through proxies that others wrote, with and without credentials. */
class RealProxiesIT {
  private static final String MODULE =
      """
      websocket-exporter.modules.%s {
        proxy { url = "%s://127.0.0.1:%d"%s }
      }
      """;

  private static final List<AutoCloseable> OPENED = new ArrayList<>();

  @TempDir private static Path directory;
  private static ScriptedServer plain;
  private static ScriptedServer secure;
  private static ExporterProcess exporter;

  /** A module for each URL of each proxy: as it is, with credentials, and with wrong ones. */
  @BeforeAll
  static void startAll() throws Exception {
    Certificates certificates = Certificates.in(directory);
    plain = opened(ScriptedServer.start(Peer::answerPings));
    secure = opened(ScriptedServer.startTls(certificates.serverContext(), Peer::answerPings));
    StringBuilder config = new StringBuilder();
    for (ProxyProcess.Kind kind : ProxyProcess.Kind.values()) {
      int open = opened(ProxyProcess.start(kind, directory, false)).port();
      int guarded = opened(ProxyProcess.start(kind, directory, true)).port();
      for (String protocol : kind == TINYPROXY ? List.of("http") : List.of("socks5", "socks5h")) {
        config.append(module(protocol, protocol, open, ""));
        config.append(module(protocol + "_guarded", protocol, guarded, ProxyProcess.PASSWORD));
        config.append(module(protocol + "_refused", protocol, guarded, "guess"));
        config.append(module(protocol + "_unknown", protocol, guarded, ""));
      }
    }
    Path file = Files.writeString(directory.resolve("exporter.conf"), config);
    exporter =
        opened(
            ExporterProcess.on(Jdk.current(), certificates.trustOptions())
                .start("--config.file=" + file, "--timeout=5s", "--debug"));
  }

  private static String module(String name, String protocol, int port, String password) {
    String credentials =
        password.isEmpty()
            ? ""
            : ", username = %s, password = %s".formatted(ProxyProcess.USERNAME, password);
    return MODULE.formatted(name, protocol, port, credentials);
  }

  private static <T extends AutoCloseable> T opened(T resource) {
    OPENED.add(0, resource);
    return resource;
  }

  @AfterAll
  static void closeAll() throws Exception {
    for (AutoCloseable each : OPENED) {
      each.close();
    }
    OPENED.clear();
  }

  static Stream<Arguments> ways() {
    return Stream.of("http", "socks5", "socks5h")
        .flatMap(protocol -> Stream.of(protocol, protocol + "_guarded"))
        .flatMap(module -> Stream.of(arguments(module, "ws"), arguments(module, "wss")));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("ways")
  void aProbeGoesThroughTheTunnel(String module, String scheme) {
    Answer answer = probe(module, scheme + "://localhost:" + port(scheme) + "/");

    assertThat(answer.failure()).isEqualTo("none");
    assertThat(answer.samples())
        .containsEntry("probe_success", 1.0)
        .containsEntry("probe_websocket_up", 1.0)
        .containsEntry("probe_websocket_ping_pong_success", 1.0);
    Set<String> phases = new HashSet<>(Set.of("connect", "proxy", "upgrade", "ping"));
    if (scheme.equals("wss")) {
      phases.add("tls");
    }
    if (module.startsWith("socks5") && !module.startsWith("socks5h")) {
      phases.add("resolve");
    }
    assertThat(answer.phases()).isEqualTo(phases);
  }

  @Test
  void theClockIsTheOneOfADirectProbe() {
    String target = "ws://127.0.0.1:" + plain.port() + "/";
    String direct = clock(exporter.probe(target));
    for (String module : List.of("http", "socks5", "socks5h")) {
      assertThat(clock(probe(module, target))).as(module).isEqualTo(direct);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5", "socks5h"})
  void aProxyLetsNobodyInWithoutItsCredentials(String protocol) {
    String target = "ws://127.0.0.1:" + plain.port() + "/";
    for (String module : List.of(protocol + "_refused", protocol + "_unknown")) {
      assertThat(probe(module, target).failure())
          .as(module)
          .isEqualTo("proxy/proxy_authentication");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5", "socks5h"})
  void aTargetThatTheProxyCannotReachIsRefusedByIt(String module) throws Exception {
    Answer answer = probe(module, "ws://127.0.0.1:" + Ports.closed() + "/");

    assertThat(answer.failure()).isEqualTo("proxy/proxy_refused");
    assertThat(answer.phases()).isEqualTo(Set.of("connect", "proxy"));
    Pattern line =
        Pattern.compile("module=" + module + " .*reason=proxy_refused .*status=(500|502|5)\\b");
    await().untilAsserted(() -> assertThat(exporter.stderr()).containsPattern(line));
  }

  private static Answer probe(String module, String target) {
    return exporter.get(
        "/probe?module=" + module + "&target=" + ExporterProcess.percentEncoded(target));
  }

  private static String clock(Answer answer) {
    assertThat(answer.failure()).isEqualTo("none");
    return answer
        .body()
        .lines()
        .filter(line -> line.startsWith("probe_websocket_ping_pong_clock_info{"))
        .findFirst()
        .orElseThrow();
  }

  private static int port(String scheme) {
    return scheme.equals("wss") ? secure.port() : plain.port();
  }
}
