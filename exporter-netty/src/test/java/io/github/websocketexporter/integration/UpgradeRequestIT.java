package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Modules with an upgrade request of their own, against servers that others wrote. */
class UpgradeRequestIT {
  private static final String SECRET = "s3cret";
  private static final String MODULES =
      """
      websocket-exporter.modules {
        bearer { authorization.bearer.token-file = token }
        wrong_bearer { authorization.bearer.token = wrong }
        header { headers { Authorization = "Bearer s3cret" } }
        basic { authorization.basic { username = user, password = s3cret } }
        locked { expect-status = 401 }
        negotiating {
          authorization.bearer.token = s3cret
          subprotocols = [graphql-transport-ws, graphql-ws]
          expect-subprotocol = graphql-transport-ws
          compression = true
        }
      }
      """;

  @TempDir private static Path directory;
  private static ExporterProcess exporter;
  private static PeerProcess node;

  @BeforeAll
  static void start() throws Exception {
    Files.writeString(directory.resolve("token"), SECRET + "\n");
    Path config = Files.writeString(directory.resolve("exporter.conf"), MODULES);
    node =
        PeerProcess.start(
            PeerProcess.Kind.NODE_WS, List.of("--authorization", "Bearer " + SECRET, "--compress"));
    exporter = ExporterProcess.start("--debug", "--config.file=" + config);
  }

  @AfterAll
  static void stop() throws IOException {
    node.close();
    exporter.close();
  }

  @ParameterizedTest
  @CsvSource({
    "bearer, none, 101",
    "header, none, 101",
    "negotiating, none, 101",
    "locked, none, 401",
    "websocket_ping, upgrade/upgrade_status, 401",
    "wrong_bearer, upgrade/upgrade_status, 401"
  })
  void isLetInWithTheSecretAndNotWithoutIt(String module, String failure, double status) {
    Answer answer = probe(module, node.port());

    assertThat(answer.failure()).isEqualTo(failure);
    assertThat(answer.sample("probe_websocket_status_code")).isEqualTo(status);
    assertThat(answer.sample("probe_success")).isEqualTo(failure.equals("none") ? 1 : 0);
    assertThat(answer.sample("probe_websocket_up")).isEqualTo(status == 101 ? 1 : 0);
    assertThat(answer.body() + exporter.stderr()).doesNotContain(SECRET);
  }

  @Test
  void agreesOnASubprotocolAndOnCompression() {
    assertThat(probe("negotiating", node.port()).body())
        .contains(
            "probe_websocket_handshake_info{"
                + "extensions=\"permessage-deflate\",subprotocol=\"graphql-transport-ws\"} 1");
  }

  @Test
  void agreesOnNothingThatItDidNotOffer() {
    assertThat(probe("bearer", node.port()).body())
        .contains("probe_websocket_handshake_info{extensions=\"\",subprotocol=\"\"} 1");
  }

  @Test
  void isLetInByTheBasicAuthenticationOfNginx() throws Exception {
    Files.writeString(directory.resolve("passwords"), "user:{PLAIN}" + SECRET + "\n");
    String locked = "; auth_basic closed; auth_basic_user_file passwords";
    try (PeerProcess behind = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of());
        NginxProcess nginx = NginxProcess.start(directory, locked, behind.port())) {
      assertThat(probe("basic", nginx.port()).failure()).isEqualTo("none");
      assertThat(probe("locked", nginx.port()).failure()).isEqualTo("none");
      assertThat(probe("bearer", nginx.port()).failure()).isEqualTo("upgrade/upgrade_status");
    }
  }

  private static Answer probe(String module, int port) {
    String target = URLEncoder.encode("ws://127.0.0.1:" + port + "/", StandardCharsets.UTF_8);
    return exporter.get("/probe?module=" + module + "&target=" + target);
  }
}
