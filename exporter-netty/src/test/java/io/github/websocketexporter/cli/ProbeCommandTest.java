package io.github.websocketexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** {@code websocket-exporter probe TARGET}, against peers of many kinds. */
class ProbeCommandTest {
  private static final String CANARY = "/c4n4ry";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  @TempDir private Path directory;

  @AfterEach
  void quiet() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
    assertThat(out.toString(UTF_8) + err.toString(UTF_8)).doesNotContain("c4n4ry");
  }

  private int probe(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "probe";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return new Main(
            HeadStart.begin(), new PrintStream(out, true, UTF_8), new PrintStream(err, true, UTF_8))
        .run(all);
  }

  private String printed() {
    return out.toString(UTF_8);
  }

  @Test
  void tellsOfEachPingAndOfAllOfThem() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      assertThat(probe("--count=3", "--interval", "1ms", server.ws(CANARY))).isZero();

      assertThat(printed())
          .startsWith("PROBE ws://127.0.0.1:" + server.port() + "/… by module websocket_ping\n")
          .containsPattern(
              "\nconnected to 127\\.0\\.0\\.1 in [0-9.]+ ms, no subprotocol\npong 1: time=")
          .containsPattern("\npong 2: time=[0-9.]+ ms uncertainty=[0-9.]+ ms clock=\\w+\npong 3: ")
          .contains("\n3 sent, 3 received, 0 % lost\nmin ")
          .containsPattern("\nconnect +[0-9.]+ ms  ·*█+·*\nupgrade ")
          .containsPattern("\nSuccess in [0-9.]+ ms\\.\n$")
          .doesNotContain("\u001b");
      assertThat(err.toString(UTF_8)).isEmpty();
    }
  }

  @Test
  void saysWhatFailedAndWhatUsuallyCausesIt() throws Exception {
    assertThat(probe("ws://127.0.0.1:" + Ports.closed() + CANARY)).isEqualTo(ExitCode.PROBE_FAILED);

    assertThat(printed())
        .contains("by module websocket_ping\n\nconnect ")
        .endsWith(
            "\nFailed in phase connect (connect_refused): nothing listens on that port;"
                + " the usual cause: a server that is down, or listens elsewhere.\n");
  }

  @Test
  void tellsOfTls() throws Exception {
    Certificates certificates = Certificates.in(directory);
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.modules.websocket_ping.tls.ca-file = \"%s\"\n"
                .formatted(certificates.authorityPem(directory)));
    try (ScriptedServer server =
        ScriptedServer.startTls(certificates.serverContext(), Peer::answerPings)) {
      String target = "wss://localhost:" + server.port() + CANARY;

      assertThat(probe("--config.file=" + config, target)).isZero();
      assertThat(printed())
          .containsPattern("\nTLS 1.3, TLS_\\w+, verified, certificate ends in \\d+ days?\n");

      assertThat(probe(target)).isEqualTo(ExitCode.PROBE_FAILED);
      assertThat(printed()).contains("Failed in phase tls (tls_certificate_untrusted): ");
    }
  }

  @Test
  void takesNamedTargetsAndModules() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      Path config =
          Files.writeString(
              directory.resolve("exporter.conf"),
              """
              websocket-exporter {
                modules.own.ping { count = 2, interval = 1ms }
                targets.node.url = "%s"
              }
              """
                  .formatted(server.ws(CANARY)));

      assertThat(probe("--module=own", "--config.file=" + config, "node")).isZero();
      assertThat(printed())
          .startsWith("PROBE node by module own\n")
          .contains("\n2 sent, 2 received, ")
          .doesNotContain("127.0.0.1");
    }
  }

  @Test
  void aRefusalThatIsWantedIsNoConnection() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.modules.locked.expect-status = 401\n");
    ScriptedServer.Script refuse =
        peer -> {
          peer.readRequestHead();
          peer.send(Peer.response("401 No", "Content-Length: 0", "Sec-WebSocket-Protocol: c4n4ry"));
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(refuse)) {
      assertThat(probe("--config.file=" + config, "--module=locked", server.ws("/"))).isZero();
      assertThat(printed()).contains("\nSuccess in ").doesNotContain("connected", "pong ");
    }
  }

  @Test
  void sendsMessagesAndNoPingWhereTheModuleSaysSo() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            """
            websocket-exporter.modules.greeted {
              messages = [{ name = greeting, expect = "(?P<height>[0-9]+)", extract = [height] }]
              ping.count = 0
            }
            """);
    ScriptedServer.Script greet =
        peer -> {
          peer.acceptUpgrade();
          peer.sendFrame(Peer.TEXT, "17".getBytes(UTF_8));
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(greet)) {
      assertThat(
              probe(
                  "--output=json",
                  "--config.file=" + config,
                  "--module=greeted",
                  "--timeout=3s",
                  server.ws("/")))
          .isZero();

      Config json = ConfigFactory.parseString(printed());
      assertThat(json.getDouble("messages.extracted_values.height")).isEqualTo(17);
      assertThat(json.getDouble("timeout_seconds")).isEqualTo(3);
      assertThat(json.hasPath("pings")).isFalse();
    }
  }

  @Test
  void aModuleThatHoldsItsConnectionIsProbedOnce() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      assertThat(probe("--module=websocket_continuous", server.ws(CANARY))).isZero();
      assertThat(printed()).contains("\n1 sent, 1 received, 0 % lost\n");
    }
  }

  @Test
  void printsJsonForPrograms() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      assertThat(
              probe("--output=json", "--count=2", "--interval=1ms", "--timeout=5s", server.ws("/")))
          .isZero();

      Config json = ConfigFactory.parseString(printed());
      assertThat(json.getBoolean("success")).isTrue();
      assertThat(json.getConfigList("pings.round_trips")).hasSize(2);
      assertThat(json.getDouble("timeout_seconds")).isEqualTo(5.001);
    }
  }

  @Test
  void printsWhatAScrapeWouldHaveAnswered() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      assertThat(probe("--output=prometheus", server.ws("/"))).isZero();

      assertThat(printed()).startsWith("# HELP ").contains("\nprobe_success 1.0\n");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--count=0 ws://h/c4n4ry|The count is a number from 1 to 1000.",
        "--timeout=2h ws://h/c4n4ry|The timeout is a duration from 1ms to 1h such as 500ms.",
        "--interval=5 ws://h/c4n4ry|The interval is a duration from 1ms to 1h such as 500ms.",
        "--module=c4n4ry ws://h/|There is no module of that name.",
        "ftp://h/c4n4ry|The scheme of the target must be ws or wss (or http or https, which mean these).",
        "c4n4ry|The target is neither a URL such as wss://host/path nor the name of a target of the configuration."
      })
  void whatCannotBeProbedIsOneLine(String arguments, String sentence) {
    assertThat(probe(arguments.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(UTF_8).lines()).containsExactly("websocket-exporter: " + sentence);
    assertThat(printed()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--count|--count lacks its NUMBER",
        "--output=yaml ws://h/|--output is text, json or prometheus",
        "ws://h/c4n4ry ws://h/c4n4ry|probe wants one TARGET",
        "--web.listen-address=:1 ws://h/|unknown flag --web.listen-address"
      })
  void badUsageIsOneLineAndAHint(String arguments, String sentence) {
    assertThat(probe(arguments.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString(UTF_8).lines())
        .containsExactly("websocket-exporter: " + sentence + "; try --help");
  }

  @Test
  void itsHelpNamesEveryFlagAndEveryExitCode() {
    assertThat(probe("--help")).isZero();
    assertThat(printed())
        .startsWith("Usage: websocket-exporter probe [FLAG]... TARGET\n")
        .contains("--module=NAME", "--count=NUMBER", "--interval=DURATION", "--output=FORMAT")
        .contains("0 success, 1 the probe failed,", "2 bad usage", "130 ended by Ctrl-C");
  }
}
