package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the exporter stops. */
@Timeout(30)
class ExporterDrainTest {

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void aRunningProbeIsAnsweredAndEverythingElseEnds(String transport) throws Exception {
    try (RunningExporter exporter = RunningExporter.with("transport=" + transport);
        ScriptedServer silent = ScriptedServer.start(Peer::ignorePings);
        RawClient probing = exporter.connect();
        RawClient idle = exporter.connect();
        RawClient fresh = exporter.connect();
        RawClient webSocket = exporter.connect();
        RawClient arriving = exporter.connect()) {
      assertThat(idle.sendGet("/-/ready").read().body()).isEqualTo("Ready.\n");
      assertThat(webSocket.upgrade().read().status()).isEqualTo(101);
      arriving.send(RawClient.request("GET", "/-/ready", "Content-Length: 2") + "a");
      probing.sendGet(
          "/probe?target=" + silent.ws("/"), "X-Prometheus-Scrape-Timeout-Seconds: 2.0");
      assertThat(silent.awaitRequest().requestTarget()).isEqualTo("/");

      CompletableFuture<Void> drained = CompletableFuture.runAsync(exporter.exporter()::drain);

      assertThat(webSocket.readFrame().closeCode()).isEqualTo(1001);
      assertThat(webSocket.closedSilently()).isTrue();
      assertThat(idle.closedSilently()).isTrue();
      assertThat(fresh.closedSilently()).isTrue();
      try (RawClient kubelet = exporter.connect()) {
        RawClient.Answer unready = kubelet.sendGet("/-/ready").read();
        assertThat(unready.status()).isEqualTo(503);
        assertThat(unready.header("connection")).isEqualTo("close");
        assertThat(kubelet.closedSilently()).isTrue();
      }
      assertThat(drained).isNotDone();
      RawClient.Answer notReady = arriving.send("b").read();
      assertThat(notReady.status()).isEqualTo(503);
      assertThat(notReady.body()).isEqualTo("Not ready.\n");
      assertThat(notReady.header("connection")).isEqualTo("close");
      assertThat(arriving.closedSilently()).isTrue();

      RawClient.Answer answer = probing.read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("connection")).isEqualTo("close");
      assertThat(answer.body()).contains("reason=\"pong_timeout\"");
      assertThat(probing.closedSilently()).isTrue();
      drained.get(5, TimeUnit.SECONDS);
      await().until(() -> refusesConnections(exporter));
    }
  }

  @Test
  void whatIsPipelinedBehindARunningProbeIsNotExecuted() throws Exception {
    try (RunningExporter exporter = RunningExporter.with();
        ScriptedServer silent = ScriptedServer.start(Peer::ignorePings);
        ScriptedServer second = ScriptedServer.start(Peer::answerPings);
        RawClient client = exporter.connect()) {
      client.send(
          RawClient.get(
                  "/probe?target=" + silent.ws("/"), "X-Prometheus-Scrape-Timeout-Seconds: 1.0")
              + RawClient.get("/probe?target=" + second.ws("/")));
      assertThat(silent.awaitRequest().requestTarget()).isEqualTo("/");

      CompletableFuture<Void> drained = CompletableFuture.runAsync(exporter.exporter()::drain);

      assertThat(client.read().header("connection")).isEqualTo("close");
      assertThat(client.closedSilently()).isTrue();
      drained.get(5, TimeUnit.SECONDS);
      assertThat(second.requests()).isEmpty();
    }
  }

  @Test
  void anIdleExporterDrainsAtOnce() throws Exception {
    try (RunningExporter exporter = RunningExporter.with();
        RawClient idle = exporter.connect()) {
      assertThat(idle.sendGet("/-/healthy").read().status()).isEqualTo(200);

      await().atMost(Duration.ofSeconds(3)).until(() -> drained(exporter));

      assertThat(idle.closedSilently()).isTrue();
    }
  }

  @Test
  void aClientThatDoesNotFinishItsRequestIsNotWaitedForLongerThanTheLongestProbe()
      throws Exception {
    try (RunningExporter exporter = RunningExporter.with("probe.timeout=100ms");
        RawClient stuck = exporter.connect()) {
      stuck.send(RawClient.request("POST", "/-/healthy", "Content-Length: 10"));
      await().until(() -> exporter.metric("websocket_exporter_http_connections") == 2.0);

      await().atMost(Duration.ofSeconds(5)).until(() -> drained(exporter));

      assertThat(stuck.closedSilently()).isTrue();
    }
  }

  /** With NIO the system refuses them only when the selector has looked at the closed socket. */
  private static boolean refusesConnections(RunningExporter exporter) throws IOException {
    try {
      exporter.connect().hangUp();
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }

  private static boolean drained(RunningExporter exporter) {
    exporter.exporter().drain();
    return true;
  }
}
