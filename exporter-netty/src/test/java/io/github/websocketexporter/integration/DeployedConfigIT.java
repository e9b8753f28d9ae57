package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Manifests;
import io.github.websocketexporter.testing.Manifests.Node;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar with the flags of the Deployment, and with the ConfigMap and the Secret in a folder that
 * is made and changed as Kubernetes does it.
 */
class DeployedConfigIT {
  private static final String FOLDER = "/etc/websocket-exporter";

  @TempDir private Path directory;

  @Test
  void itsFlagsAndItsConfigurationAreValid() throws Exception {
    mount("first", tokens());
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current()).launch(flags("--config.check"))) {
      assertThat(exporter.exitCode()).as(exporter.stderr()).isZero();
      assertThat(exporter.stderr()).isEmpty();
    }
  }

  @Test
  void aNewTokenIsInTheNextProbeWithoutARestartAndNowhereElse() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      String old = tokensOf(server, "token-of-node1");
      mount("first", old);
      try (ExporterProcess exporter = ExporterProcess.start(flags("--debug"))) {
        assertThat(exporter.get("/probe?target=node1").sample("probe_success")).isEqualTo(1);
        assertThat(server.awaitRequest().requestTarget()).isEqualTo("/token-of-node1");

        mount("second", tokensOf(server, Canary.PATH));
        await().until(() -> exporter.stderr().contains("msg=\"configuration reloaded\""));
        String probe = exporter.get("/probe?target=node1").toString();
        assertThat(server.awaitRequest().requestTarget()).isEqualTo("/" + Canary.PATH);

        String config = exporter.get("/config").toString();
        assertThat(config).contains("node1");
        Canary.assertAbsentFrom("the probe", probe);
        Canary.assertAbsentFrom("/config", config);
        Canary.assertAbsentFrom("/metrics", exporter.get("/metrics").toString());
        assertThat(exporter.stderr()).contains("target=node1");
        Canary.assertAbsentFrom("the log", exporter.stderr());
        assertThat(exporter.isAlive()).isTrue();
      }
    }
  }

  /** The arguments of the container, with this folder, a free port, and not so much patience. */
  private String[] flags(String more) throws IOException {
    Node pod =
        Manifests.one("base", "Deployment", "websocket-exporter").at("spec", "template", "spec");
    String flags = String.join("\n", pod.at("containers").list().get(0).at("args").texts());
    assertThat(flags).contains(FOLDER, "listen-address=:9095", "auto-reload-interval=10s");
    return (flags
                .replace(FOLDER, directory.toString())
                .replace("listen-address=:9095", "listen-address=127.0.0.1:0")
                .replace("auto-reload-interval=10s", "auto-reload-interval=1s")
            + "\n"
            + more)
        .split("\n");
  }

  private void mount(String version, String tokens) throws IOException {
    Manifests.mount(
        directory,
        version,
        Map.of(
            "websocket-exporter.conf",
            Files.readString(Manifests.DEPLOY.resolve("base/websocket-exporter.conf")),
            "tokens.conf",
            tokens));
  }

  private static String tokens() throws IOException {
    return Manifests.one("base", "Secret", "websocket-exporter-tokens")
        .at("stringData", "tokens.conf")
        .text();
  }

  /** The Secret, with that server in the place of node1. */
  private static String tokensOf(ScriptedServer server, String token) throws IOException {
    String shipped = "wss://node1.example.com/token-of-node1";
    assertThat(tokens()).contains(shipped);
    return tokens().replace(shipped, "ws://127.0.0.1:" + server.port() + "/" + token);
  }
}
