package io.github.websocketexporter.integration;

import static io.github.websocketexporter.integration.ExporterProcess.percentEncoded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.websocketexporter.testing.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Modules with several PINGs and with messages, against WebSocket servers that others wrote. */
class PeerModulesIT {
  private static final String MODULES =
      """
      websocket-exporter.modules {
        train { ping { count = 5, interval = 20ms } }
        talk {
          messages = [
            {
              name = echo
              send = "height=0x11"
              expect = "^height=(?P<height>0x[0-9a-f]+)$"
              extract = [height]
              skip-unmatched = true
            }
            { send-base64 = "AP8=", expect-hex = "^00ff$" }
          ]
        }
        compressed { extends = talk, compression = true, ping { count = 3, interval = 20ms } }
      }
      """;

  @TempDir private static Path directory;
  private static Certificates certificates;
  private static ExporterProcess exporter;

  @BeforeAll
  static void startExporter() throws Exception {
    certificates = Certificates.in(directory);
    Path config = Files.writeString(directory.resolve("exporter.conf"), MODULES);
    exporter =
        ExporterProcess.on(Jdk.current(), certificates.trustOptions())
            .start("--config.file=" + config);
  }

  @AfterAll
  static void stopExporter() {
    exporter.close();
  }

  static Stream<Arguments> peers() {
    return Stream.of(PeerProcess.Kind.values())
        .flatMap(kind -> Stream.of(arguments(kind, "ws"), arguments(kind, "wss")));
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("peers")
  void eachPingOfATrainIsAnswered(PeerProcess.Kind kind, String scheme) throws Exception {
    // Behind the next two PINGs.
    Answer answer = probe("train", kind, scheme, "--pong-after", "50");

    assertThat(answer.failure()).isEqualTo("none");
    assertThat(answer.samples())
        .containsEntry("probe_success", 1.0)
        .containsEntry("probe_websocket_pings_sent", 5.0)
        .containsEntry("probe_websocket_pongs_received", 5.0);
    assertThat(answer.sample("probe_websocket_ping_pong_min_seconds"))
        .isGreaterThanOrEqualTo(0.050);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("peers")
  void messagesComeBackAsTheyWereSent(PeerProcess.Kind kind, String scheme) throws Exception {
    Answer answer = probe("talk", kind, scheme);

    assertTalked(answer);
    assertThat(answer.body()).contains("probe_websocket_handshake_info{extensions=\"\"");
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("peers")
  void messagesComeBackCompressed(PeerProcess.Kind kind, String scheme) throws Exception {
    Answer answer = probe("compressed", kind, scheme, "--compress");

    assertTalked(answer);
    assertThat(answer.body())
        .contains("probe_websocket_handshake_info{extensions=\"permessage-deflate");
    assertThat(answer.sample("probe_websocket_pongs_received")).isEqualTo(3);
  }

  private static Answer probe(String module, PeerProcess.Kind kind, String scheme, String... flags)
      throws Exception {
    List<String> options = new ArrayList<>(List.of(flags));
    if (scheme.equals("wss")) {
      options.addAll(certificates.peerOptions());
    }
    try (PeerProcess peer = PeerProcess.start(kind, options)) {
      String target = scheme + "://localhost:" + peer.port() + "/";
      return exporter.get("/probe?module=" + module + "&target=" + percentEncoded(target));
    }
  }

  private static void assertTalked(Answer answer) {
    assertThat(answer.failure()).isEqualTo("none");
    assertThat(answer.samples())
        .containsEntry("probe_success", 1.0)
        .containsEntry("probe_websocket_ping_pong_success", 1.0)
        .containsEntry("probe_websocket_extracted_value{name=\"height\"}", 17.0);
    assertThat(answer.sample("probe_websocket_message_duration_seconds{step=\"echo\"}"))
        .isPositive();
  }
}
