package io.github.websocketexporter.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Messages are secrets: however a server tries to make the exporter repeat what it was sent, or
 * what it sent itself, neither is in anything that the exporter says.
 */
class MessageCanaryIT {
  @TempDir private Path directory;

  @Test
  void noMessageIsInAnythingThatTheExporterSays() throws Exception {
    String base64 = Base64.getEncoder().encodeToString(Canary.MESSAGE.getBytes(UTF_8));
    Path config =
        config(
            """
            { expect = "(?P<secret>.*)" }
            { send-base64 = "%s" }
            { name = login, send = "%s ${secret}", expect = "^ok (?P<id>.*)$", extract = [id] }
            """
                .formatted(base64, Canary.MESSAGE));
    List<String> answers = new ArrayList<>();
    try (ExporterProcess exporter =
        ExporterProcess.start("--debug", "--timeout=1s", "--config.file=" + config)) {
      answers.add(against("none", exporter, peer -> sendText(peer, "ok 1")));
      answers.add(against("messages/message_timeout", exporter, peer -> {}));
      answers.add(
          against("messages/message_mismatch", exporter, peer -> sendText(peer, Canary.MESSAGE)));
      answers.add(
          against(
              "messages/message_mismatch",
              exporter,
              peer -> sendText(peer, "ok " + Canary.MESSAGE)));
      answers.add(
          against(
              "messages/closed_by_peer",
              exporter,
              peer -> peer.sendFrame(Peer.CLOSE, Peer.status(4000, Canary.MESSAGE))));
      answers.add(
          against(
              "messages/protocol_violation",
              exporter,
              peer -> peer.sendFrame(0x3, Canary.MESSAGE.getBytes(UTF_8))));
      answers.add(exporter.get("/metrics").body());
      exporter.sigterm();
      assertThat(exporter.exitCode()).isZero();

      assertThat(exporter.stderr()).contains("reason=message_mismatch");
      Canary.assertAbsentFrom("stderr", exporter.stderr());
      Canary.assertAbsentFrom("stdout", exporter.stdout());
    }
    answers.forEach(answer -> Canary.assertAbsentFrom("an answer", answer));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{ send = \"cnryMessgG8wL ${cnryMessgG8wL}\" }",
        "{ send-base64 = \"cnryMessgG8wL?\" }",
        "{ send { cnryMessgG8wL = 1 } }",
        "{ send = cnryMessgG8wL, send-base64 = cnryMessgG8wL }"
      })
  void noMessageIsInTheErrorAboutIt(String step) throws Exception {
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current()).launch("--config.file=" + config(step))) {
      assertThat(exporter.exitCode()).isEqualTo(2);

      assertThat(exporter.stderr()).contains("messages[0].send");
      Canary.assertAbsentFrom("stderr", exporter.stderr());
    }
  }

  /** What the server does when all has been sent. */
  @FunctionalInterface
  private interface Reaction {
    void to(Peer peer) throws IOException;
  }

  private static String against(String failure, ExporterProcess exporter, Reaction reaction)
      throws IOException {
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          sendText(peer, Canary.MESSAGE);
          peer.readFrame(Peer.BINARY);
          assertThat(new String(peer.readFrame(Peer.TEXT).payload(), UTF_8))
              .isEqualTo(Canary.MESSAGE + " " + Canary.MESSAGE);
          reaction.to(peer);
          Frame next = peer.readFrame();
          if (next.opcode() == Peer.PING) {
            peer.sendFrame(Peer.PONG, next.payload());
          }
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      String target = ExporterProcess.percentEncoded(server.ws("/"));
      Answer answer = exporter.get("/probe?module=test&target=" + target);
      assertThat(answer.failure()).isEqualTo(failure);
      return answer.headers().map() + "\n" + answer.body();
    }
  }

  private static void sendText(Peer peer, String text) throws IOException {
    peer.sendFrame(Peer.TEXT, text.getBytes(UTF_8));
  }

  private Path config(String steps) throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"),
        "websocket-exporter { web.shutdown-delay = 0s, modules.test.messages = [\n%s\n] }\n"
            .formatted(steps));
  }
}
