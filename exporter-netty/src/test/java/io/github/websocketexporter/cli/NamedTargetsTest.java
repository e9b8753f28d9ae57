package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import io.github.websocketexporter.config.LogSettings;
import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.util.NetUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Targets that requests ask for by a name of the configuration. */
class NamedTargetsTest {
  private static final String CANARY = "c4n4ry";

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final PrintStream err = System.err;
  @TempDir private Path directory;
  private DnsServer names;
  private ScriptedServer server;
  private RunningExporter exporter;

  @BeforeEach
  void start() throws Exception {
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    Logging.configure(new LogSettings(LogSettings.Level.DEBUG, LogSettings.Format.LOGFMT));
    names = new DnsServer();
    names.fails("broken-c4n4ry.example.test");
    names.has("c4n4ry.example.test", 60, "127.0.0.1");
    server = ScriptedServer.start(Peer::answerPings);
    exporter = RunningExporter.of(Files.writeString(directory.resolve("fleet.conf"), config()));
  }

  private String config() throws IOException {
    return """
    websocket-exporter {
      dns.servers = ["%1$s"]
      modules.careful {
        headers { X-Tenant = c4n4ry-tenant }
        authorization.bearer.token = c4n4ry-of-module
      }
      targets {
        plain.url = "ws://c4n4ry.example.test:%2$d/c4n4ry?a=c4n4ry"
        user.url = "ws://c4n4ry:c4n4ry@127.0.0.1:%2$d/c4n4ry"
        own {
          url = "http://127.0.0.1:%2$d/own/c4n4ry"
          module = careful
          headers { X-Shard = c4n4ry-7 }
          authorization.bearer.token = c4n4ry-of-target
        }
        keyed {
          url = "ws://127.0.0.1:%2$d/c4n4ry"
          module = careful
          authorization.header { name = X-Api-Key, value = c4n4ry-key }
        }
        closed.url = "wss://c4n4ry.example.test:%3$d/c4n4ry"
        silent.url = "wss://c4n4ry.example.test:%2$d/c4n4ry"
        nowhere.url = "ws://no-c4n4ry.example.test/c4n4ry"
        broken.url = "ws://broken-c4n4ry.example.test/c4n4ry"
        denied.url = "ws://169.254.169.254/c4n4ry"
      }
    }
    """
        .formatted(NetUtil.toSocketAddressString(names.address()), server.port(), Ports.closed());
  }

  @AfterEach
  void stop() {
    exporter.close();
    server.close();
    names.close();
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
    System.setErr(err);
  }

  @Test
  void isProbedAtItsUrl() throws Exception {
    RawClient.Answer answer = exporter.get("/probe?target=plain");

    assertThat(RunningExporter.value(answer.body(), "probe_success")).isOne();
    assertThat(server.awaitRequest().requestTarget()).isEqualTo("/c4n4ry?a=c4n4ry");
    assertThat(exporter.metric("websocket_exporter_probes_total{module=\"websocket_ping\"}"))
        .isOne();
  }

  @Test
  void isProbedWithTheModuleOfTheRequest() throws Exception {
    exporter.get("/probe?target=plain&module=careful");

    Head request = server.awaitRequest();
    assertThat(request.value("x-tenant")).isEqualTo("c4n4ry-tenant");
    assertThat(request.value("authorization")).isEqualTo("Bearer c4n4ry-of-module");
    assertThat(exporter.metric("websocket_exporter_probes_total{module=\"careful\"}")).isOne();
  }

  @ParameterizedTest
  @CsvSource({"/probe?target=own", "/probe?target=own&module=", "/probe?target=own&module=careful"})
  void isProbedWithTheModuleAndTheHeadersOfItsOwn(String path) throws Exception {
    RawClient.Answer answer = exporter.get(path);

    assertThat(RunningExporter.value(answer.body(), "probe_success")).isOne();
    Head request = server.awaitRequest();
    assertThat(request.requestTarget()).isEqualTo("/own/c4n4ry");
    assertThat(request.value("x-tenant")).isEqualTo("c4n4ry-tenant");
    assertThat(request.value("x-shard")).isEqualTo("c4n4ry-7");
    assertThat(request.value("authorization")).isEqualTo("Bearer c4n4ry-of-target");
    assertThat(exporter.metric("websocket_exporter_probes_total{module=\"careful\"}")).isOne();
  }

  @Test
  void isProbedWithItsOwnAuthorizationAloneThoughTheModuleHasAnotherKind() throws Exception {
    exporter.get("/probe?target=keyed");

    Head request = server.awaitRequest();
    assertThat(request.value("x-api-key")).isEqualTo("c4n4ry-key");
    assertThat(request.values("authorization")).isEmpty();
    assertThat(request.value("x-tenant")).isEqualTo("c4n4ry-tenant");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "c4n4ry|The target is neither a URL such as wss://host/path nor the name of a target of the"
            + " configuration.",
        "PLAIN|The target is neither a URL such as wss://host/path nor the name of a target of the"
            + " configuration.",
        "own&module=websocket_ping|The target has a module of its own: no other can be asked"
            + " for.",
        "own&module=c4n4ry|There is no module of that name.",
        "plain&module=c4n4ry|There is no module of that name."
      })
  void isA400OfOneSentenceWhereItCannotBe(String query, String sentence) throws Exception {
    RawClient.Answer answer = exporter.get("/probe?target=" + query);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).isEqualTo(sentence + "\n");
    assertThat(server.accepted()).isZero();
  }

  @Test
  void showsItsNameAndNeitherItsUrlNorItsHostInAnythingThatIsSaid() throws Exception {
    List<String> all =
        List.of("plain", "user", "own", "closed", "silent", "nowhere", "broken", "denied");
    for (String name : all) {
      RawClient.Answer answer =
          exporter.get("/probe?target=" + name, "X-Prometheus-Scrape-Timeout-Seconds: 2");
      assertThat(answer.status()).isEqualTo(200);
      assertIsSilent(answer);
    }
    for (String page : List.of("/", "/metrics", "/config", "/probe?target=c4n4ry&module=c4n4ry")) {
      assertIsSilent(exporter.get(page));
    }
    RawClient.Answer debug = exporter.get("/probe?target=own&debug=true");
    assertThat(debug.body()).contains("Probe of own by module careful: success");
    assertIsSilent(debug);
    assertThat(debug.body()).doesNotContain("127.0.0.1");
    exporter.close();
    Logging.stop();

    String said = log.toString(StandardCharsets.UTF_8);
    assertThat(said)
        .doesNotContainIgnoringCase(CANARY)
        .doesNotContain("127.0.0.1:" + server.port(), "169.254.169.254")
        .contains("target=nowhere", "reason=dns_not_found");
    assertThat(said.lines().filter(line -> line.contains("msg=\"probe ended\"")))
        .hasSize(all.size() + 1)
        .allSatisfy(
            line -> assertThat(line).containsPattern(" target=(" + String.join("|", all) + ") "));
  }

  private static void assertIsSilent(RawClient.Answer answer) {
    assertThat(answer.body() + answer.headers())
        .doesNotContainIgnoringCase(CANARY)
        .doesNotContain("169.254.169.254");
  }
}
