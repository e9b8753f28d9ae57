package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code websocket-exporter probe} as its users run it: the jar, in a terminal. */
class ProbeCommandIT {
  @TempDir private Path directory;

  @ParameterizedTest
  @EnumSource
  void probesServersOfOtherMakesOverTls(PeerProcess.Kind kind) throws Exception {
    Certificates certificates = Certificates.in(directory);
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.modules.websocket_ping.tls.ca-file = \"%s\"\n"
                .formatted(certificates.authorityPem(directory)));
    try (PeerProcess peer = PeerProcess.start(kind, certificates.peerOptions());
        ExporterProcess probe =
            ExporterProcess.on(Jdk.current())
                .launch(
                    "probe",
                    "--count=2",
                    "--interval=10ms",
                    "--config.file=" + config,
                    "wss://localhost:" + peer.port() + "/c4n4ry")) {
      assertThat(probe.exitCode()).as(probe.stdout() + probe.stderr()).isZero();
      assertThat(probe.stdout())
          .contains("\nTLS 1.3, ", "\npong 2: time=", "\n2 sent, 2 received, 0 % lost\n")
          .doesNotContain("c4n4ry", "\u001b");
      assertThat(probe.stderr()).isEmpty();
    }
  }

  @Test
  void ctrlCPrintsTheSummary() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings);
        ExporterProcess probe =
            ExporterProcess.on(Jdk.current())
                .withDefaultSignals()
                .launch("probe", "--count=1000", "--interval=20ms", server.ws("/"))) {
      await().until(() -> probe.stdout().contains("pong 3: ") || !probe.isAlive());
      assertThat(probe.isAlive()).as("it tells while it runs").isTrue();

      probe.sigint();

      assertThat(probe.exitCode()).isEqualTo(130);
      assertThat(probe.stdout())
          .containsPattern("\n\\d+ sent, \\d+ received, [0-9]+ % lost\nmin ")
          .containsPattern("\nping +[0-9.]+ ms  ")
          .containsPattern("\nEnded by Ctrl-C after [0-9.]+ ms\\.\n$");
    }
  }

  @Test
  void paintsInATerminalAloneAndNotWithNoColor() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      String command =
          "'%s' -jar '%s' probe %s"
              .formatted(Jdk.current().java(), System.getProperty("exporter.jar"), server.ws("/"));

      assertThat(inTerminal(command)).contains("\u001b[32mSuccess in ");
      assertThat(inTerminal("NO_COLOR=1 " + command))
          .contains("Success in ")
          .doesNotContain("\u001b");
      assertThat(inTerminal(command + " | cat")).contains("Success in ").doesNotContain("\u001b");
    }
  }

  /** What is seen by someone who sits before a terminal. */
  private String inTerminal(String command) throws IOException, InterruptedException {
    Path seen = directory.resolve("seen");
    Process script;
    try {
      script =
          new ProcessBuilder(List.of("script", "-qec", command, "/dev/null"))
              .redirectErrorStream(true)
              .redirectOutput(seen.toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, "There is no script(1): install bsdutils.");
      throw e;
    }
    assertThat(script.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return Files.readString(seen);
  }
}
