package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole exporter, where a module is continuous. */
class ExporterSessionsTest {
  private static final String MODULE =
      "websocket-exporter.modules.held { continuous = true, ping.interval = 100ms, %s }\n";

  private final BlockingQueue<Integer> closeCodes = new LinkedBlockingQueue<>();
  @TempDir private Path directory;

  private void serve(Peer peer) throws Exception {
    peer.acceptUpgrade();
    Frame frame = peer.readFrame();
    while (frame.opcode() != Peer.CLOSE) {
      peer.sendFrame(Peer.PONG, frame.payload());
      frame = peer.readFrame();
    }
    closeCodes.add(frame.closeStatus());
    peer.sendFrame(Peer.CLOSE, frame.payload());
  }

  private Path config(String settings) throws Exception {
    return Files.writeString(directory.resolve("held.conf"), MODULE.formatted(settings));
  }

  private static String probe(ScriptedServer server) {
    return "/probe?module=held&target=" + server.ws("/");
  }

  @Test
  void scrapersOnAllEventLoopsShareASession() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(this::serve);
        RunningExporter exporter = RunningExporter.of(config(""), "event-loops=2")) {
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        clients.add(exporter.connect());
      }
      double before = 0;
      for (int round = 0; round < 3; round++) {
        for (RawClient client : clients) {
          String answer = client.sendGet(probe(server)).read().body();

          assertThat(RunningExporter.value(answer, "probe_success")).isEqualTo(1);
          double pongs = RunningExporter.value(answer, "probe_websocket_pongs_total");
          assertThat(pongs).isGreaterThanOrEqualTo(before);
          before = pongs;
        }
      }

      assertThat(server.accepted()).isEqualTo(1);
      assertThat(exporter.metric("websocket_exporter_sessions")).isEqualTo(1);
      for (RawClient client : clients) {
        client.close();
      }
    }
    assertThat(closeCodes.poll(5, TimeUnit.SECONDS)).isEqualTo(1001);
  }

  @Test
  void aReloadMakesTheConnectionAnewWhereItsModuleChanged() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(this::serve);
        RunningExporter exporter = RunningExporter.of(config(""))) {
      exporter.get(probe(server));
      exporter.get(probe(server));
      assertThat(exporter.config().reload().get()).isEmpty();
      exporter.get(probe(server));
      assertThat(server.accepted()).as("connections after a reload without a change").isEqualTo(1);

      config("headers { X-Changed = yes }");
      assertThat(exporter.config().reload().get()).isEmpty();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () ->
                  RunningExporter.value(
                          exporter.get(probe(server)).body(), "probe_websocket_connects_total")
                      == 2);

      assertThat(closeCodes.poll(5, TimeUnit.SECONDS)).isEqualTo(1000);
      assertThat(server.awaitRequest().text()).doesNotContain("X-Changed");
      assertThat(server.awaitRequest().text()).contains("X-Changed: yes");
      assertThat(
              exporter.metric(
                  "websocket_exporter_session_disconnects_total{reason=\"module_changed\"}"))
          .isEqualTo(1);
    }
  }

  @Test
  void oneSessionTooManyIsTurnedAway() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(this::serve);
        RunningExporter exporter = RunningExporter.of(config(""), "sessions.max=1")) {
      exporter.get(probe(server));
      RawClient.Answer second = exporter.get(probe(server) + "2");

      assertThat(second.status()).isEqualTo(503);
      assertThat(second.body()).doesNotContain("probe_success");
      assertThat(
              exporter.metric("websocket_exporter_probes_rejected_total{reason=\"max_sessions\"}"))
          .isEqualTo(1);
    }
  }
}
