package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.End;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The upgrade, against servers that answer it in every way. */
class UpgradeProbeTest extends EngineTest {
  private static final String UPGRADE_HEADER = "Upgrade: websocket";
  private static final String CONNECTION_HEADER = "Connection: Upgrade";

  UpgradeProbeTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void failsAtTheDeadlineWhenTheServerIsSilent() throws Exception {
    CompletableFuture<End> end = new CompletableFuture<>();
    try (ScriptedServer server = ScriptedServer.start(peer -> end.complete(peer.awaitEnd()))) {
      assertThat(runner.probe(server.ws("/"), SHORT))
          .failedWith(FailureReason.UPGRADE_TIMEOUT, CONNECT, UPGRADE)
          .notAnswered()
          .hasAddress("127.0.0.1")
          .tookAbout(SHORT);
      assertThat(await(end)).isEqualTo(End.RESET);
    }
  }

  @Test
  void failsAtTheDeadlineWhenTheAnswerStopsHalfWay() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          String answer = Peer.switchingProtocols(peer.readRequestHead());
          peer.send(answer.substring(0, answer.length() - 2));
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"), SHORT))
          .failedWith(FailureReason.UPGRADE_TIMEOUT, CONNECT, UPGRADE)
          .notAnswered()
          .tookAbout(SHORT);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 301, 302, 400, 401, 403, 404, 426, 500, 502, 503})
  void failsWithTheStatusThatIsNot101(int status) throws Exception {
    assertThat(answered(Peer.response(status + " Whatever", "Content-Length: 0")))
        .failedWith(FailureReason.UPGRADE_STATUS, CONNECT, UPGRADE)
        .answeredWith(status)
        .notConnected();
  }

  @Test
  void doesNotWaitForTheBodyOfAnError() throws Exception {
    assertThat(answered(Peer.response("403 Forbidden", "Content-Length: 1000000")))
        .failedWith(FailureReason.UPGRADE_STATUS, CONNECT, UPGRADE)
        .answeredWith(403)
        .notConnected();
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void failsWithTheStatusWhateverFollowsIt(String status, String fields, String body)
      throws Exception {
    assertThat(answered(Peer.response(status, fields) + body))
        .failedWith(FailureReason.UPGRADE_STATUS, CONNECT, UPGRADE)
        .answeredWith(Integer.parseInt(status.substring(0, 3)))
        .notConnected();
  }

  static Stream<Arguments> bodies() {
    return Stream.of(
            "301 Moved Permanently",
            "302 Found",
            "400 Bad Request",
            "401 Unauthorized",
            "403 Forbidden",
            "404 Not Found",
            "426 Upgrade Required",
            "500 Internal Server Error",
            "502 Bad Gateway",
            "503 Service Unavailable")
        .flatMap(
            status ->
                Stream.of(
                    arguments(status, "Content-Length: 5", "sorry"),
                    arguments(status, "Connection: close", "sorry"),
                    arguments(status, "Transfer-Encoding: chunked", "5\r\nsorry\r\n0\r\n\r\n"),
                    arguments(status, "Transfer-Encoding: chunked", "not a chunk")));
  }

  @Test
  void failsWithTheStatusWhenTheServerClosesBehindIt() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.readRequestHead();
          peer.send(Peer.response("503 Service Unavailable", "Connection: close") + "sorry");
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/")))
          .failedWith(FailureReason.UPGRADE_STATUS, CONNECT, UPGRADE)
          .answeredWith(503)
          .notConnected();
    }
  }

  @ParameterizedTest
  @MethodSource("endless")
  void endsAnAnswerThatDoesNotEnd(String start, String rest, FailureReason reason)
      throws Exception {
    CompletableFuture<Boolean> cut = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.readRequestHead();
          peer.send(start);
          sendUntilCut(peer, rest.repeat(1_000));
          cut.complete(true);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"), SHORT))
          .failedWith(reason, CONNECT, UPGRADE)
          .notConnected();
      assertThat(await(cut)).isTrue();
    }
  }

  static Stream<Arguments> endless() {
    String head = "HTTP/1.1 101 Switching Protocols\r\n";
    return Stream.of(
        arguments("HTTP/1.1 101 ", "x", FailureReason.UPGRADE_TOO_LARGE),
        arguments("", "x", FailureReason.UPGRADE_TOO_LARGE),
        arguments(head + "X-Long: ", "x", FailureReason.UPGRADE_TOO_LARGE),
        arguments(head, "X-Many: x\r\n", FailureReason.UPGRADE_TOO_LARGE),
        arguments(head + "X-Folded: x\r\n", " x\r\n", FailureReason.UPGRADE_TOO_LARGE),
        arguments("", Peer.response("100 Continue"), FailureReason.UPGRADE_TIMEOUT),
        arguments(
            "", Peer.response("103 Early Hints", "Link: </x>"), FailureReason.UPGRADE_TIMEOUT),
        arguments(Peer.response("403 Forbidden"), "sorry", FailureReason.UPGRADE_STATUS));
  }

  private static void sendUntilCut(Peer peer, String text) {
    try {
      while (true) {
        peer.send(text);
      }
    } catch (IOException e) {
      // The probe has reset the connection.
    }
  }

  @Test
  void doesNotFollowARedirect() throws Exception {
    CompletableFuture<String> location = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.readRequestHead();
          peer.send(
              Peer.response("301 Moved", "Location: " + await(location), "Content-Length: 0"));
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      location.complete("http://127.0.0.1:" + server.port() + "/elsewhere");

      assertThat(runner.probe(server.ws("/")))
          .failedWith(FailureReason.UPGRADE_STATUS, CONNECT, UPGRADE)
          .answeredWith(301)
          .notConnected();
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void acceptsInterimResponsesBeforeThe101() throws Exception {
    succeedsWith(
        head ->
            Peer.response("100 Continue")
                + Peer.response("103 Early Hints", "Link: </style.css>; rel=preload")
                + Peer.switchingProtocols(head));
  }

  @Test
  void failsAtTheDeadlineWhenOnlyInterimResponsesCome() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.readRequestHead();
          peer.send(Peer.response("100 Continue") + Peer.response("103 Early Hints"));
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"), SHORT))
          .failedWith(FailureReason.UPGRADE_TIMEOUT, CONNECT, UPGRADE)
          .notAnswered()
          .tookAbout(SHORT);
    }
  }

  @Test
  void readsTheHeaderOfThe101AsHttpDoes() throws Exception {
    succeedsWith(
        head ->
            Peer.response(
                "101 Whatever the server likes to say",
                "Server: test",
                "upgrade: WebSocket",
                "CONNECTION: keep-alive, upgrade",
                "sec-websocket-accept:   " + Peer.acceptValue(head.value("Sec-WebSocket-Key"))));
  }

  @Test
  void readsA101ThatComesByteByByte() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          String answer = Peer.switchingProtocols(peer.readRequestHead());
          for (byte each : answer.getBytes(ISO_8859_1)) {
            peer.send(new byte[] {each});
          }
          peer.pong();
          peer.readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"))).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
    }
  }

  @Test
  void failsAtTheDeadlineWhileA101ComesByteByByte() throws Exception {
    CompletableFuture<End> end = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          String answer =
              Peer.switchingProtocols(peer.readRequestHead(), "X-Slow: x".repeat(1_000));
          peer.socket().setSoTimeout(5);
          for (byte each : answer.getBytes(ISO_8859_1)) {
            if (probeHasGone(peer, each)) {
              end.complete(End.RESET);
              return;
            }
          }
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"), SHORT))
          .failedWith(FailureReason.UPGRADE_TIMEOUT, CONNECT, UPGRADE)
          .notAnswered()
          .tookAbout(SHORT);
      assertThat(await(end)).isEqualTo(End.RESET);
    }
  }

  /** Sends a byte; whether the connection was reset before, or within the socket's timeout. */
  private static boolean probeHasGone(Peer peer, byte next) throws IOException {
    try {
      peer.send(new byte[] {next});
      return peer.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (SocketException e) {
      return true;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
        "220 mail.example.test ESMTP\r\n",
        "HTTP/1.1 one-oh-one Switching\r\n\r\n",
        "\u0016\u0003\u0001 \u0002(\n\n"
      })
  void failsWhenTheAnswerIsNotHttp(String answer) throws Exception {
    assertThat(answered(answer))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .notAnswered();
  }

  @Test
  void failsWhenThe101HasNoUpgrade() throws Exception {
    assertThat(answered(head -> response101(CONNECTION_HEADER, accept(head))))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenThe101UpgradesToSomethingElse() throws Exception {
    assertThat(answered(head -> response101("Upgrade: h2c", CONNECTION_HEADER, accept(head))))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenThe101HasNoConnection() throws Exception {
    assertThat(answered(head -> response101(UPGRADE_HEADER, accept(head))))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenThe101IsOfHttp10() throws Exception {
    assertThat(
            answered(
                head ->
                    response101(UPGRADE_HEADER, CONNECTION_HEADER, accept(head))
                        .replace("HTTP/1.1", "HTTP/1.0")))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenThe101HasTwoAccepts() throws Exception {
    assertThat(
            answered(
                head ->
                    response101(
                        UPGRADE_HEADER,
                        CONNECTION_HEADER,
                        accept(head),
                        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenThe101HasNoAccept() throws Exception {
    assertThat(answered(response101(UPGRADE_HEADER, CONNECTION_HEADER)))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenThe101HasNothingAtAll() throws Exception {
    assertThat(answered(response101()))
        .failedWith(FailureReason.UPGRADE_MALFORMED, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenTheAcceptBelongsToAnotherKey() throws Exception {
    String accept = "Sec-WebSocket-Accept: " + Peer.acceptValue("dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(answered(response101(UPGRADE_HEADER, CONNECTION_HEADER, accept)))
        .failedWith(FailureReason.UPGRADE_ACCEPT_MISMATCH, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenTheSubprotocolWasNotOffered() throws Exception {
    assertThat(answeredValidAnd("Sec-WebSocket-Protocol: chat"))
        .failedWith(FailureReason.UPGRADE_SUBPROTOCOL, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenTheExtensionWasNotOffered() throws Exception {
    assertThat(answeredValidAnd("Sec-WebSocket-Extensions: permessage-deflate"))
        .failedWith(FailureReason.UPGRADE_EXTENSION, CONNECT, UPGRADE)
        .answeredWith(101)
        .notConnected();
  }

  @Test
  void failsWhenTheHeaderIsTooLarge() throws Exception {
    assertThat(answeredValidAnd("X-Large: " + "x".repeat(20_000)))
        .failedWith(FailureReason.UPGRADE_TOO_LARGE, CONNECT, UPGRADE)
        .notAnswered();
  }

  @Test
  void failsWhenTheHeaderHasTooManyFields() throws Exception {
    assertThat(answeredValidAnd("X-Many: x\r\n".repeat(2_000) + "X-Last: x"))
        .failedWith(FailureReason.UPGRADE_TOO_LARGE, CONNECT, UPGRADE)
        .notAnswered();
  }

  @Test
  void failsWhenTheStatusLineIsTooLarge() throws Exception {
    assertThat(answered("HTTP/1.1 101 " + "x".repeat(5_000)))
        .failedWith(FailureReason.UPGRADE_TOO_LARGE, CONNECT, UPGRADE)
        .notAnswered();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 101 Swi", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: "})
  void failsWhenTheServerClosesBeforeItsAnswerIsComplete(String answer) throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.readRequestHead();
          peer.send(answer);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/")))
          .failedWith(FailureReason.CLOSED_BY_PEER, CONNECT, UPGRADE)
          .notAnswered();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: "})
  void failsWhenTheServerResetsBeforeItsAnswerIsComplete(String answer) throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.readRequestHead();
          peer.send(answer);
          peer.reset();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/")))
          .failedWith(FailureReason.CONNECTION_RESET, CONNECT, UPGRADE)
          .notAnswered();
    }
  }

  private void succeedsWith(Function<Head, String> answer) throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.send(answer.apply(peer.readRequestHead()));
          peer.pong();
          peer.readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/")))
          .succeededAfter(CONNECT, UPGRADE, PING)
          .pongCame(0)
          .hasAddress("127.0.0.1");
    }
  }

  private ProbeResult answered(String answer) throws Exception {
    return answered(head -> answer);
  }

  private ProbeResult answeredValidAnd(String header) throws Exception {
    return answered(head -> Peer.switchingProtocols(head, header));
  }

  /**
   * A probe whose upgrade is answered like this; afterwards the server waits for the probe, which
   * must end its connection at once.
   */
  private ProbeResult answered(Function<Head, String> answer) throws Exception {
    CompletableFuture<End> end = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.send(answer.apply(peer.readRequestHead()));
          end.complete(peer.awaitEnd());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result = runner.probe(server.ws("/"), ProbeRunner.AMPLE);
      assertThat(result).hasAddress("127.0.0.1");
      assertThat(await(end)).isEqualTo(End.RESET);
      return result;
    }
  }

  private static String response101(String... headers) {
    return Peer.response("101 Switching Protocols", headers);
  }

  private static String accept(Head head) {
    return "Sec-WebSocket-Accept: " + Peer.acceptValue(head.value("Sec-WebSocket-Key"));
  }
}
