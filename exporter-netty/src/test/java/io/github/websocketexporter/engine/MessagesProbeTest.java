package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.MESSAGES;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.MessageFacts;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/**
 * Modules with messages, from their configuration to the bytes, against servers that play along.
 */
class MessagesProbeTest extends EngineTest {
  private static final byte[] OTHER = "other".getBytes(UTF_8);
  private static final Duration DELAY = Duration.ofMillis(50);

  MessagesProbeTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void sendsTextAndThenThePing() throws Exception {
    ProbeResult result =
        probe(
            "{ send = \"grüße\" }",
            peer -> {
              Frame sent = peer.readFrame(Peer.TEXT);
              assertThat(sent.fin()).isTrue();
              assertThat(sent.rsv()).isZero();
              assertThat(sent.masked()).isTrue();
              assertThat(sent.payload()).isEqualTo("grüße".getBytes(UTF_8));
            });

    assertSucceeded(result);
    assertThat(facts(result).unmatched()).isFalse();
    assertThat(facts(result).stepNanos()).isEmpty();
    assertThat(facts(result).values()).isEmpty();
  }

  @Test
  void sendsBytesAndExpectsBytes() throws Exception {
    ProbeResult result =
        probe(
            "{ send-base64 = \"EAD/\", expect-hex = \"^2002(?P<code>..)00$\", extract = [code] }",
            peer -> {
              Frame sent = peer.readFrame(Peer.BINARY);
              assertThat(sent.masked()).isTrue();
              assertThat(sent.payload()).isEqualTo(hex("1000ff"));
              peer.sendFrame(Peer.BINARY, hex("2002fe00"));
            });

    assertSucceeded(result);
    assertThat(facts(result).values()).containsExactly(entry("code", 254.0));
  }

  @Test
  void sendsWhatGroupsOfEarlierMessagesFound() throws Exception {
    ProbeResult result =
        probe(
            """
            { expect = "id=(?P<id>\\\\w+) (?P<sid>.*)" }
            { send = "${sid}-${id}-$${id}", expect = "(?P<id>b.*)" }
            { send = "${id}" }
            """,
            peer -> {
              sendText(peer, "id=a1 ${id}");
              assertThat(readText(peer)).isEqualTo("${id}-a1-${id}");
              sendText(peer, "b2");
              assertThat(readText(peer)).isEqualTo("b2");
            });

    assertSucceeded(result);
  }

  @Test
  void extractsNumbers() throws Exception {
    ProbeResult result =
        probe(
            """
            {
              send = height
              expect = "(?P<height>0x[0-9a-f]+) (?P<ratio>\\\\S+) (?P<node>.*)"
              extract = [height, ratio]
            }
            """,
            peer -> {
              readText(peer);
              sendText(peer, "result: 0x10 -2.5e-1 node");
            });

    assertSucceeded(result);
    assertThat(facts(result).values())
        .containsExactly(entry("height", 16.0), entry("ratio", -0.25));
  }

  @Test
  void takesAMessageThatComesInOneSegmentWithThe101() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          byte[] head = Peer.switchingProtocols(peer.readRequestHead()).getBytes(ISO_8859_1);
          peer.send(concat(head, Peer.frame(Peer.TEXT, "welcome".getBytes(UTF_8))));
          end(peer);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertSucceeded(
          runner.probe(server.ws("/"), Modules.of("messages = [{ expect = welcome }]")));
    }
  }

  @Test
  void takesTwoMessagesOfOneSegmentForTwoSteps() throws Exception {
    ProbeResult result =
        probe(
            "{ send = a, expect = one }, { name = second, send = b, expect = two }",
            peer -> {
              assertThat(readText(peer)).isEqualTo("a");
              peer.send(
                  concat(
                      Peer.frame(Peer.TEXT, "one".getBytes(UTF_8)),
                      Peer.frame(Peer.TEXT, "two".getBytes(UTF_8))));
              assertThat(readText(peer)).isEqualTo("b");
            });

    assertSucceeded(result);
    // It arrived before its step began.
    assertThat(facts(result).stepNanos()).containsExactly(entry("second", 0L));
  }

  @Test
  void passesOverOtherMessagesWhereAStepSaysSo() throws Exception {
    ProbeResult result =
        probe(
            """
            {
              expect = "id=(?P<id>.*)"
              skip-unmatched = true
              extract = [id]
            }
            """,
            peer -> {
              sendText(peer, "other");
              peer.sendFrame(Peer.BINARY, "id=1".getBytes(UTF_8));
              sendText(peer, "id=no number");
              sendText(peer, "id=2");
            });

    assertSucceeded(result);
    assertThat(facts(result).unmatched()).isFalse();
    assertThat(facts(result).values()).containsExactly(entry("id", 2.0));
  }

  @Test
  void putsFragmentsTogetherAndAnswersPingsBetweenThem() throws Exception {
    ProbeResult result =
        probe(
            "{ expect = \"^a😀b$\" }, { expect-hex = \"^00112233$\" }",
            peer -> {
              peer.send(Peer.frame(false, 0, Peer.TEXT, hex("61f09f")));
              peer.sendFrame(Peer.PING, OTHER);
              assertThat(peer.readFrame(Peer.PONG).payload()).isEqualTo(OTHER);
              peer.send(Peer.frame(false, 0, 0, hex("98")));
              peer.send(Peer.frame(false, 0, 0, new byte[0]));
              peer.sendFrame(Peer.PONG, OTHER);
              peer.send(Peer.frame(true, 0, 0, hex("8062")));
              peer.send(
                  concat(
                      Peer.frame(false, 0, Peer.BINARY, hex("001122")),
                      Peer.frame(true, 0, 0, hex("33"))));
            });

    assertSucceeded(result);
  }

  @Test
  void isNotDisturbedByAMessageThatHasBegunWhenTheLastStepIsOver() throws Exception {
    ProbeResult result =
        probe(
            "{ expect = one }",
            peer -> {
              peer.send(
                  concat(
                      Peer.frame(Peer.TEXT, "one".getBytes(UTF_8)),
                      Peer.frame(false, 0, Peer.TEXT, OTHER)));
              peer.send(Peer.frame(true, 0, 0, OTHER));
            });

    assertSucceeded(result);
  }

  @Test
  void takesTheLargestMessageThatItReads() throws Exception {
    ProbeResult result =
        probe(
            "{ expect = \"^x+y$\" }",
            peer -> {
              for (int i = 0; i < 64; i++) {
                peer.send(
                    Peer.frame(false, 0, i == 0 ? Peer.TEXT : 0, "x".repeat(1023).getBytes(UTF_8)));
              }
              peer.send(Peer.frame(true, 0, 0, ("x".repeat(63) + "y").getBytes(UTF_8)));
            });

    assertSucceeded(result);
  }

  @Test
  void timesANamedStepFromItsSendToTheArrivalOfItsMessage() throws Exception {
    ProbeResult result =
        probe(
            """
            { name = greeting, expect = welcome }
            { send = unanswered }
            { name = question, send = question, expect = answer }
            { send = bye }
            """,
            peer -> {
              Pause.of(DELAY);
              sendText(peer, "welcome");
              assertThat(readText(peer)).isEqualTo("unanswered");
              assertThat(readText(peer)).isEqualTo("question");
              Pause.of(DELAY);
              sendText(peer, "answer");
              assertThat(readText(peer)).isEqualTo("bye");
            });

    assertSucceeded(result);
    assertThat(facts(result).stepNanos().keySet()).containsExactly("greeting", "question");
    // The first delay may have begun before the step did.
    assertThat(stepNanos(result, "question")).isGreaterThanOrEqualTo(DELAY.toNanos());
    assertThat(stepNanos(result, "greeting") + stepNanos(result, "question"))
        .isLessThanOrEqualTo(result.timings().nanos(MESSAGES));
  }

  @Test
  void doesNotTakeTheAnswerToAPingForTheBeginningOfAStep() throws Exception {
    ProbeResult result =
        probe(
            "{ send = hello, expect = hello }, { name = push, expect = push }",
            peer -> {
              readText(peer);
              sendText(peer, "hello");
              peer.sendFrame(Peer.PING, OTHER);
              peer.readFrame(Peer.PONG);
              Pause.of(DELAY);
              peer.sendFrame(Peer.PING, OTHER);
              peer.readFrame(Peer.PONG);
              sendText(peer, "push");
            });

    assertSucceeded(result);
    assertThat(stepNanos(result, "push")).isGreaterThanOrEqualTo(DELAY.toNanos());
  }

  @Test
  void boundsOnlyTheStepsThatHaveATimeout() throws Exception {
    Duration timeout = Duration.ofMillis(200);
    ProbeResult result =
        probe(
            "{ send = a, expect = a, timeout = 200ms }, { send = b, expect = b }",
            peer -> {
              readText(peer);
              sendText(peer, "a");
              readText(peer);
              Pause.of(timeout.multipliedBy(2));
              sendText(peer, "b");
              Frame ping = peer.readFrame(Peer.PING);
              peer.sendFrame(Peer.PONG, ping.payload());
            });

    assertSucceeded(result);
  }

  @Test
  void doesNotBoundThePingByTheTimeoutOfTheLastStep() throws Exception {
    ProbeResult result =
        probe(
            "{ send = a, expect = a, timeout = 200ms }",
            peer -> {
              readText(peer);
              sendText(peer, "a");
              Frame ping = peer.readFrame(Peer.PING);
              Pause.of(Duration.ofMillis(400));
              peer.sendFrame(Peer.PONG, ping.payload());
            });

    assertSucceeded(result);
  }

  @Test
  void talksAsTheReadmeSays() throws Exception {
    String readme = Files.readString(Path.of(System.getProperty("basedir", "."), "../README.md"));
    int start = readme.indexOf("messages = [", readme.indexOf("\n## Messages"));
    String steps = readme.substring(start, readme.indexOf("\n}\n", start));
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          assertThat(readText(peer)).isEqualTo("{\"op\":\"login\",\"token\":\"t0\"}");
          sendText(peer, "{\"session\":\"s1\"}");
          assertThat(readText(peer)).isEqualTo("{\"op\":\"depth\",\"session\":\"s1\"}");
          sendText(peer, "{\"price\":1}");
          sendText(peer, "{\"depth\":17}");
          end(peer);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result =
          runner.probe(server.ws("/"), Modules.of(steps.replace("${ORDERS_TOKEN}", "t0")));

      assertSucceeded(result);
      assertThat(facts(result).stepNanos()).containsOnlyKeys("login", "depth");
      assertThat(facts(result).values()).containsExactly(entry("depth", 17.0));
    }
  }

  /** What the server does once it has accepted the upgrade, and before it answers the PING. */
  @FunctionalInterface
  private interface Conversation {
    void with(Peer peer) throws IOException;
  }

  private ProbeResult probe(String steps, Conversation conversation) throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          conversation.with(peer);
          end(peer);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      return runner.probe(server.ws("/"), Modules.of("messages = [\n" + steps + "\n]"));
    }
  }

  /** Answers the PING, unless that is done, and the Close. */
  private static void end(Peer peer) throws IOException {
    Frame frame = peer.readFrame();
    if (frame.opcode() == Peer.PING) {
      peer.sendFrame(Peer.PONG, frame.payload());
      frame = peer.readFrame();
    }
    assertThat(frame.opcode()).isEqualTo(Peer.CLOSE);
    assertThat(frame.closeStatus()).isEqualTo(1000);
  }

  private static void assertSucceeded(ProbeResult result) {
    assertThat(result).succeededAfter(CONNECT, UPGRADE, MESSAGES, PING).pongCame(0);
  }

  private static MessageFacts facts(ProbeResult result) {
    return requireNonNull(result.messages());
  }

  private static long stepNanos(ProbeResult result, String name) {
    return requireNonNull(facts(result).stepNanos().get(name));
  }

  private static void sendText(Peer peer, String text) throws IOException {
    peer.sendFrame(Peer.TEXT, text.getBytes(UTF_8));
  }

  private static String readText(Peer peer) throws IOException {
    return new String(peer.readFrame(Peer.TEXT).payload(), UTF_8);
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
