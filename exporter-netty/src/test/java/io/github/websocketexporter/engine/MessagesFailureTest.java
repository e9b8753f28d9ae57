package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.MESSAGES;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.MessageFacts;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules with messages, against servers that do not say what is expected. */
class MessagesFailureTest extends EngineTest {

  MessagesFailureTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void failsWhenAMessageIsNotTheExpectedOne() throws Exception {
    ProbeResult result =
        probe(
            """
            { name = first, expect = "(?P<n>1)", extract = [n] }
            { name = second, expect = "^2$", timeout = 10s }
            """,
            peer -> {
              sendText(peer, "1");
              sendText(peer, "22");
            });

    assertFailed(result, FailureReason.MESSAGE_MISMATCH);
    assertThat(facts(result).unmatched()).isTrue();
    assertThat(result.failureDetails()).isEqualTo(at("2 (second)", 0, "another text"));
    assertThat(facts(result).stepNanos().keySet()).containsExactly("first");
    assertThat(facts(result).values()).containsOnlyKeys("n");
  }

  @Test
  void failsWhenBytesComeWhereTextIsExpected() throws Exception {
    ProbeResult result =
        probe("{ expect = 1 }", peer -> peer.sendFrame(Peer.BINARY, "1".getBytes(UTF_8)));

    assertFailed(result, FailureReason.MESSAGE_MISMATCH);
    assertThat(result.failureDetails()).isEqualTo(at("1", 0, "bytes where text was expected"));
  }

  @Test
  void failsWhenTextComesWhereBytesAreExpected() throws Exception {
    ProbeResult result = probe("{ expect-hex = 31 }", peer -> sendText(peer, "1"));

    assertFailed(result, FailureReason.MESSAGE_MISMATCH);
    assertThat(result.failureDetails()).isEqualTo(at("1", 0, "text where bytes were expected"));
  }

  @Test
  void failsWhenOtherBytesComeThanAreExpected() throws Exception {
    ProbeResult result =
        probe("{ expect-hex = 31 }", peer -> peer.sendFrame(Peer.BINARY, "2".getBytes(UTF_8)));

    assertFailed(result, FailureReason.MESSAGE_MISMATCH);
    assertThat(result.failureDetails()).isEqualTo(at("1", 0, "other bytes"));
  }

  @Test
  void failsWhenAGroupThatIsExtractedFindsNoNumber() throws Exception {
    ProbeResult result =
        probe(
            "{ expect = \"height=(?P<height>.*)\", extract = [height] }",
            peer -> sendText(peer, "height=unknown"));

    assertFailed(result, FailureReason.MESSAGE_MISMATCH);
    assertThat(facts(result).values()).isEmpty();
    assertThat(result.failureDetails()).isEqualTo(at("1", 0, "a group without a number"));
  }

  @Test
  void failsWhenWhatAGroupFoundIsTooLongToSend() throws Exception {
    ProbeResult result =
        probe(
            "{ expect = \"(?P<all>.*)\" }, { send = \"" + "${all}".repeat(100) + "\" }",
            peer -> sendText(peer, "x".repeat(1_000)));

    assertFailed(result, FailureReason.MESSAGE_MISMATCH);
    assertThat(result.failureDetails())
        .isEqualTo(at("2", 0, "groups that are too long to be sent"));
  }

  @ParameterizedTest
  @CsvSource({
    "3 instructions, z, 65000, 102",
    "283 instructions, (?:a?){140}z, 65000, 1",
    "7 instructions twice, x?(?P<n>z), 65000, 21",
    "3 instructions on nothing, z, 0, 104165"
  })
  void failsOnceItHasComparedAsMuchAsOneProbeMay(String name, String regex, int length, int most)
      throws Exception {
    byte[] other = "a".repeat(length).getBytes(UTF_8);
    String step = "{ expect = \"%s\", skip-unmatched = true }".formatted(regex);

    assertThat(probe(step, pushing(other, most)).failure()).isNull();
    ProbeResult result = probe(step, pushing(other, most + 1));

    assertFailed(result, FailureReason.MESSAGE_MISMATCH);
    assertThat(result.failureDetails())
        .containsEntry("mismatch", "more than is looked through in one probe");
  }

  /** So many other messages, and then the one that is expected. */
  private static Conversation pushing(byte[] other, int times) {
    return peer -> {
      ByteArrayOutputStream messages = new ByteArrayOutputStream();
      for (int i = 0; i < times; i++) {
        messages.writeBytes(Peer.frame(Peer.TEXT, other));
      }
      messages.writeBytes(Peer.frame(Peer.TEXT, "z".getBytes(UTF_8)));
      peer.send(messages.toByteArray());
    };
  }

  @Test
  void failsAtTheTimeoutOfTheStepWhenNothingComes() throws Exception {
    ProbeResult result = probe("{ send = hello, expect = hello, timeout = 300ms }", peer -> {});

    assertFailed(result, FailureReason.MESSAGE_TIMEOUT);
    assertThat(facts(result).unmatched()).isFalse();
    assertThat(result.failureDetails()).isEqualTo(Map.of("step", "1", "passed-over", "0"));
    assertThat(result).tookAbout(Duration.ofMillis(300));
  }

  @Test
  void failsAtTheTimeoutOfTheStepWhenOnlyOtherMessagesCome() throws Exception {
    ProbeResult result =
        probe(
            """
            { expect = first, skip-unmatched = true }
            { send = second }
            { name = third, expect = third, skip-unmatched = true, timeout = 300ms }
            """,
            peer -> {
              for (String text : List.of("other", "first", "other", "other")) {
                sendText(peer, text);
              }
            });

    assertFailed(result, FailureReason.MESSAGE_TIMEOUT);
    assertThat(facts(result).unmatched()).isTrue();
    assertThat(result.failureDetails()).isEqualTo(at("3 (third)", 2, "another text"));
    assertThat(result).tookAbout(Duration.ofMillis(300));
  }

  @Test
  void failsAtTheDeadlineOfTheProbeWhereThatIsNearer() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::ignorePings)) {
      ProbeResult result =
          runner
              .start(
                  ProbeRunner.request(
                      server.ws("/"),
                      SHORT,
                      Modules.of("messages = [{ send = a, expect = a, timeout = 10s }]")),
                  ignored -> {})
              .result();

      assertFailed(result, FailureReason.MESSAGE_TIMEOUT);
      assertThat(result).tookAbout(SHORT);
    }
  }

  @Test
  void answersAMessageThatIsTooLargeOverAllItsFragmentsWith1009() throws Exception {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    byte[] fragment = new byte[32_768];
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.send(Peer.frame(false, 0, Peer.BINARY, fragment));
          peer.send(Peer.frame(false, 0, 0, fragment));
          peer.send(Peer.frame(true, 0, 0, new byte[1]));
          status.complete(peer.readFrame(Peer.CLOSE).closeStatus());
          peer.sendEof();
          assertThat(peer.read()).as("what comes after the Close").isEqualTo(-1);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertFailed(
          runner.probe(server.ws("/"), Modules.of("messages = [{ expect-hex = 00 }]")),
          FailureReason.FRAME_TOO_LARGE);
      assertThat(await(status)).isEqualTo(1009);
    }
  }

  @Test
  void failsWhenTheServerClosesInsteadOfAnswering() throws Exception {
    ProbeResult result =
        probe(
            "{ send = hello, expect = hello }",
            peer -> {
              peer.readFrame(Peer.TEXT);
              peer.sendFrame(Peer.CLOSE, Peer.status(4401));
            });

    assertFailed(result, FailureReason.CLOSED_BY_PEER);
    assertThat(facts(result).unmatched()).isFalse();
  }

  @Test
  void failsWhenTheServerResetsTheConnection() throws Exception {
    ProbeResult result =
        probe(
            "{ send = hello, expect = hello }",
            peer -> {
              peer.readFrame(Peer.TEXT);
              peer.reset();
            });

    assertFailed(result, FailureReason.CONNECTION_RESET);
  }

  @Test
  void failsWhenTextIsNotUtf8() throws Exception {
    ProbeResult result =
        probe("{ expect = a }", peer -> peer.sendFrame(Peer.TEXT, new byte[] {'a', (byte) 0xff}));

    assertFailed(result, FailureReason.PROTOCOL_VIOLATION);
  }

  /** What the server does once it has accepted the upgrade; then it says nothing more. */
  @FunctionalInterface
  private interface Conversation {
    void with(Peer peer) throws IOException;
  }

  private ProbeResult probe(String steps, Conversation conversation) throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          conversation.with(peer);
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      return runner.probe(
          server.ws("/"), Modules.of("ping.count = 0, messages = [\n" + steps + "\n]"));
    }
  }

  private static void assertFailed(ProbeResult result, FailureReason reason) {
    assertThat(result).failedWith(reason, CONNECT, UPGRADE, MESSAGES).answeredWith(101).connected();
    assertThat(result.pings()).isNull();
  }

  private static Map<String, String> at(String step, int passedOver, String mismatch) {
    return Map.of("step", step, "passed-over", String.valueOf(passedOver), "mismatch", mismatch);
  }

  private static MessageFacts facts(ProbeResult result) {
    return requireNonNull(result.messages());
  }

  private static void sendText(Peer peer, String text) throws IOException {
    peer.sendFrame(Peer.TEXT, text.getBytes(UTF_8));
  }
}
