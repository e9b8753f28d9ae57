package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the exporter stops. */
@Timeout(30)
class ExporterDrainTest {

  private final CountDownLatch released = new CountDownLatch(1);

  @ParameterizedTest
  @ValueSource(strings = {"epoll", "nio"})
  void forTheDelayItIsUnreadyAndServesAllWithTheEndOfTheirConnection(String transport)
      throws Exception {
    try (RunningExporter exporter =
            RunningExporter.with("transport=" + transport, "web.shutdown-delay=1m");
        ScriptedServer slow = ScriptedServer.start(this::answerOncePingIsReleased);
        RawClient probing = exporter.connect();
        RawClient idle = exporter.connect();
        RawClient fresh = exporter.connect();
        RawClient webSocket = exporter.connect();
        RawClient arriving = exporter.connect()) {
      assertThat(idle.sendGet("/-/ready").read().body()).isEqualTo("Ready.\n");
      assertThat(webSocket.upgrade().read().status()).isEqualTo(101);
      arriving.send(RawClient.request("GET", "/-/ready", "Content-Length: 2") + "a");
      probing.sendGet("/probe?target=" + slow.ws("/"));
      assertThat(slow.awaitRequest().requestTarget()).isEqualTo("/");

      CompletableFuture<Void> drained = CompletableFuture.runAsync(exporter.exporter()::drain);

      await().until(() -> exporter.get("/-/ready").status() == 503);
      assertLast(exporter.connect().sendGet("/-/ready"), "Not ready.\n");
      assertLast(exporter.connect().sendGet("/-/healthy"), "Healthy.\n");
      assertLast(
          exporter.connect().sendGet("/probe?target=" + exporter.ownWebSocket()),
          "probe_success 1.0\n");
      assertLast(arriving.send("b"), "Not ready.\n");
      assertLast(fresh.sendGet("/-/ready"), "Not ready.\n");
      assertLast(idle.sendGet("/-/ready"), "Not ready.\n");
      assertThat(webSocket.sendFrame(Peer.PING, new byte[] {'p'}).readFrame())
          .isEqualTo(new RawClient.Frame(0x80 | Peer.PONG, "p"));
      released.countDown();
      assertLast(probing, "probe_success 1.0\n");

      assertThat(drained).isNotDone();
      exporter.exporter().close();
      drained.get(5, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @CsvSource({"epoll, 0s", "epoll, 100ms", "nio, 0s", "nio, 100ms"})
  void afterTheDelayARunningProbeIsAnsweredAndEverythingElseEnds(String transport, String delay)
      throws Exception {
    try (RunningExporter exporter =
            RunningExporter.with("transport=" + transport, "web.shutdown-delay=" + delay);
        ScriptedServer slow = ScriptedServer.start(this::answerOncePingIsReleased);
        RawClient probing = exporter.connect();
        RawClient idle = exporter.connect();
        RawClient fresh = exporter.connect();
        RawClient webSocket = exporter.connect();
        RawClient arriving = exporter.connect()) {
      assertThat(idle.sendGet("/-/ready").read().body()).isEqualTo("Ready.\n");
      assertThat(webSocket.upgrade().read().status()).isEqualTo(101);
      arriving.send(RawClient.request("GET", "/-/ready", "Content-Length: 2") + "a");
      probing.sendGet("/probe?target=" + slow.ws("/"));
      assertThat(slow.awaitRequest().requestTarget()).isEqualTo("/");

      CompletableFuture<Void> drained = CompletableFuture.runAsync(exporter.exporter()::drain);

      assertThat(webSocket.readFrame().closeCode()).isEqualTo(1001);
      assertThat(webSocket.closedSilently()).isTrue();
      assertThat(idle.closedSilently()).isTrue();
      assertThat(fresh.closedSilently()).isTrue();
      await().until(() -> refusesConnections(exporter));
      assertLast(arriving.send("b"), "Not ready.\n");
      assertThat(drained).isNotDone();
      released.countDown();
      assertLast(probing, "probe_success 1.0\n");
      drained.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void aConnectionThatCameLastMaySendItsRequest() throws Exception {
    try (RunningExporter exporter = RunningExporter.with("web.shutdown-delay=100ms");
        RawClient last = exporter.connect()) {
      CompletableFuture<Void> drained = CompletableFuture.runAsync(exporter.exporter()::drain);
      await().pollInterval(Duration.ofMillis(2)).until(() -> refusesConnections(exporter));

      assertLast(last.sendGet("/-/healthy"), "Healthy.\n");
      drained.get(5, TimeUnit.SECONDS);
    }
  }

  /** A client that takes its answers slowly has some that were written before the drain. */
  @Test
  void noConnectionEndsBehindAnAnswerThatDoesNotSaySo() throws Exception {
    try (RunningExporter exporter = RunningExporter.with("web.shutdown-delay=1m");
        RawClient slow = exporter.connect()) {
      slow.send(RawClient.get("/metrics").repeat(2_000));
      assertThat(exporter.get("/-/healthy").status()).isEqualTo(200);

      CompletableFuture<Void> drained = CompletableFuture.runAsync(exporter.exporter()::drain);
      await().until(() -> exporter.get("/-/ready").status() == 503);

      RawClient.Answer answer = slow.read();
      while (answer.header("connection") == null) {
        answer = slow.read();
      }
      assertThat(answer.header("connection")).isEqualTo("close");
      exporter.exporter().close();
      drained.get(5, TimeUnit.SECONDS);
    }
  }

  @Test
  void withoutTheDelayItEndsAtOnce() throws Exception {
    try (RunningExporter exporter = RunningExporter.with("web.shutdown-delay=1h");
        RawClient idle = exporter.connect()) {
      assertThat(idle.sendGet("/-/healthy").read().status()).isEqualTo(200);

      CompletableFuture.runAsync(exporter.exporter()::drainWithoutDelay).get(5, TimeUnit.SECONDS);

      assertThat(idle.closedSilently()).isTrue();
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

  /** The answer that comes says that it is the last one, and is. */
  private static void assertLast(RawClient client, String body) throws IOException {
    RawClient.Answer answer = client.read();
    assertThat(answer.body()).contains(body);
    assertThat(answer.header("connection")).isEqualTo("close");
    assertThat(client.closedSilently()).isTrue();
    client.close();
  }

  private void answerOncePingIsReleased(Peer peer) throws Exception {
    peer.acceptUpgrade();
    Peer.Frame ping = peer.readFrame();
    released.await();
    peer.sendFrame(Peer.PONG, ping.payload());
    peer.awaitEnd();
  }

  /** With NIO the system refuses them only when the selector has looked at the closed socket. */
  private static boolean refusesConnections(RunningExporter exporter) throws IOException {
    try {
      exporter.connect().hangUp();
      return false;
    } catch (ConnectException e) {
      return true;
    } catch (SocketException e) {
      return false; // It was still in the queue of a socket that was being closed.
    }
  }

  private static boolean drained(RunningExporter exporter) {
    exporter.exporter().drain();
    return true;
  }
}
