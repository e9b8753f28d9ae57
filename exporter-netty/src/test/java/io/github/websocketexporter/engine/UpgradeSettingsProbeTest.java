package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a module says of the upgrade, from its HOCON to the bytes of the request and back. */
class UpgradeSettingsProbeTest extends EngineTest {
  @TempDir Path directory;

  UpgradeSettingsProbeTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @ParameterizedTest
  @CsvSource({
    "host, Host, virtual.example.com:8443",
    "origin, Origin, https://app.example.com",
    "user-agent, User-Agent, team-a/1.0 (probe)"
  })
  void sendsTheFieldThatAKeyNames(String key, String name, String value) throws Exception {
    assertThat(request(key + " = \"" + value + "\"").value(name)).isEqualTo(value);
  }

  @Test
  void sendsHeadersToTheLetterAndBehindTheHandshakesOwn() throws Exception {
    Head head =
        request(
            """
            headers {
              X-Tenant = blue
              Cookie = "a=b; c=\\"d\\""
              x-Case = "MiXed:  kept"
            }
            """);

    assertThat(head.lines())
        .endsWith("Cookie: a=b; c=\"d\"", "X-Tenant: blue", "x-Case: MiXed:  kept");
  }

  @Test
  void sendsWhatIsNotAsciiAsUtf8() throws Exception {
    String value = request("headers.X-Name = \"Zürich 東京\"").value("X-Name");

    assertThat(new String(value.getBytes(ISO_8859_1), UTF_8)).isEqualTo("Zürich 東京");
  }

  @Test
  void authenticatesWithAPasswordABearerTokenOrAnyHeader() throws Exception {
    assertThat(request("authorization.basic { username = ü, password = \"p:w\" }").lines())
        .endsWith("authorization: Basic " + base64("ü:p:w"));
    assertThat(request("authorization.bearer.token = s3cret").value("Authorization"))
        .isEqualTo("Bearer s3cret");
    assertThat(request("authorization.header { name = X-Api-Key, value = s3cret }").lines())
        .endsWith("X-Api-Key: s3cret");
  }

  @Test
  void takesTheSecretOfAnAuthorizationFromAFile() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret"), "s3cret\n");

    assertThat(
            request("authorization.basic { username = u, password-file = \"" + secret + "\" }")
                .value("Authorization"))
        .isEqualTo("Basic " + base64("u:s3cret"));
    assertThat(
            request("authorization.bearer.token-file = \"" + secret + "\"").value("Authorization"))
        .isEqualTo("Bearer s3cret");
    assertThat(
            request("authorization.header { name = X-Key, value-file = \"" + secret + "\" }")
                .value("X-Key"))
        .isEqualTo("s3cret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "authorization.bearer.token = s3cret",
        "authorization.header { name = X-Api-Key, value = s3cret }",
        "headers { AUTHORIZATION = \"Token s3cret\" }"
      })
  void prefersTheUserInfoOfTheTarget(String module) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      runner.probe("ws://user:pass@127.0.0.1:" + server.port() + "/", Modules.of(module));

      Head head = server.awaitRequest();
      assertThat(head.value("Authorization")).isEqualTo("Basic " + base64("user:pass"));
      assertThat(head.text()).doesNotContain("s3cret");
    }
  }

  @Test
  void keepsTheSecretsOfTheRequestOutOfTheResult() throws Exception {
    ProbeResult result =
        answered(
            "headers.X-Canary = c4n4ry, authorization.bearer.token = c4n4ry",
            head -> Peer.response("401 c4n4ry"));

    assertThat(result.toString()).doesNotContain("c4n4ry");
  }

  @Test
  void offersSubprotocolsInTheirOrder() throws Exception {
    assertThat(request("subprotocols = [b, a, c]").value("Sec-WebSocket-Protocol"))
        .isEqualTo("b, a, c");
  }

  @Test
  void takesTheSubprotocolThatTheServerChooses() throws Exception {
    ProbeResult result = chosen("subprotocols = [a, b], expect-subprotocol = b", "b");

    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING);
    assertThat(result.upgrade()).extracting(facts -> facts.subprotocol()).isEqualTo("b");
  }

  @Test
  void letsTheServerChooseNoSubprotocol() throws Exception {
    ProbeResult result = answered("subprotocols = [a, b]", Peer::switchingProtocols);

    assertThat(result).succeededAfter(CONNECT, UPGRADE, PING);
    assertThat(result.upgrade()).extracting(facts -> facts.subprotocol()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"c", "A", "a, b", "a,", "", "\"a\""})
  void failsWhereTheServerChoosesWhatWasNotOffered(String chosen) throws Exception {
    assertThat(chosen("subprotocols = [a, b]", chosen))
        .failedWith(FailureReason.UPGRADE_SUBPROTOCOL, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhereTheServerChoosesTwoSubprotocols() throws Exception {
    String[] both = {"Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"};

    assertThat(answered("subprotocols = [a, b]", head -> Peer.switchingProtocols(head, both)))
        .failedWith(FailureReason.UPGRADE_SUBPROTOCOL, CONNECT, UPGRADE);
  }

  @Test
  void failsWithoutTheSubprotocolThatIsExpected() throws Exception {
    String module = "subprotocols = [a, b], expect-subprotocol = b";

    assertThat(chosen(module, "a")).failedWith(FailureReason.UPGRADE_SUBPROTOCOL, CONNECT, UPGRADE);
    assertThat(answered(module, Peer::switchingProtocols))
        .failedWith(FailureReason.UPGRADE_SUBPROTOCOL, CONNECT, UPGRADE);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 301, 401, 403, 426, 503, 599})
  void succeedsWithTheRefusalThatIsWanted(int status) throws Exception {
    ProbeResult result =
        answered(
            "expect-status = " + status,
            head -> Peer.response("103 Early Hints") + Peer.response(status + " Whatever"));

    assertThat(result.failure()).isNull();
    assertThat(result).ran(CONNECT, UPGRADE).answeredWith(status).notConnected();
  }

  @Test
  void failsWithARefusalThatIsNotTheOneThatIsWanted() throws Exception {
    assertThat(answered("expect-status = 401", head -> Peer.response("403 Forbidden")))
        .failedWith(FailureReason.UPGRADE_STATUS, CONNECT, UPGRADE)
        .answeredWith(403)
        .notConnected();
  }

  @Test
  void failsWhereARefusalIsWantedAndClosesTheWebSocketThatCame() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          assertThat(peer.readFrame(Peer.CLOSE).closeStatus()).isEqualTo(1000);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result = runner.probe(server.ws("/"), Modules.of("expect-status = 401"));

      assertThat(result)
          .failedWith(FailureReason.EXPECTED_FAILURE_MISSING, CONNECT, UPGRADE)
          .answeredWith(101);
      assertThat(result.connected()).isTrue();
    }
  }

  @Test
  void saysWhatIsWrongWithA101ThoughARefusalIsWanted() throws Exception {
    assertThat(answered("expect-status = 401", head -> Peer.response("101 Switching Protocols")))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .notConnected();
  }

  /** The request of a probe with {@code module}, which succeeds. */
  private Head request(String module) throws IOException, InterruptedException {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      assertThat(runner.probe(server.ws("/"), Modules.of(module)))
          .succeededAfter(CONNECT, UPGRADE, PING);
      return server.awaitRequest();
    }
  }

  private ProbeResult chosen(String module, String subprotocol) throws IOException {
    return answered(
        module, head -> Peer.switchingProtocols(head, "Sec-WebSocket-Protocol: " + subprotocol));
  }

  /** A probe whose request is answered with that, and its PING with a PONG. */
  private ProbeResult answered(String module, Function<Head, String> answer) throws IOException {
    ScriptedServer.Script script =
        peer -> {
          peer.send(answer.apply(peer.readRequestHead()));
          peer.pong();
          peer.readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      return runner.probe(server.ws("/"), Modules.of(module));
    }
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }
}
