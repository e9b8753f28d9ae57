package io.github.websocketexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole exporter, when it asks for a password. */
@Timeout(60)
class ExporterBasicAuthTest {
  private static final String ALICE = authorization("alice", "wonderland");
  private static final String WRONG = authorization("alice", "c4n4ry");
  private static final String UNKNOWN = authorization("c4n4ry", "wonderland");
  private static final String SENTENCE = "A valid user name and password are needed.\n";

  @TempDir private Path directory;
  private @Nullable RunningExporter running;

  private RunningExporter start(int cost, String... settings) throws Exception {
    running = RunningExporter.of(config(cost, "wonderland"), settings);
    return running;
  }

  private Path config(int cost, String password) throws IOException {
    String hash = BCrypt.withDefaults().hashToString(cost, password.toCharArray());
    String config =
        "websocket-exporter.web { basic-auth-users.alice = \"%s\", open-paths = [/-/healthy] }";
    return Files.writeString(directory.resolve("exporter.conf"), config.formatted(hash));
  }

  private RunningExporter start(String... settings) throws Exception {
    return start(4, settings);
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.close();
    }
  }

  private static String authorization(String user, String password) {
    String pair = user + ":" + password;
    return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/metrics",
        "/probe?target=c4n4ry",
        "/-/ready",
        "/-/reload",
        "/config",
        "/-/websocket",
        "/none"
      })
  void everyPathWantsThePassword(String path) throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = exporter.connect()) {
      for (String method : List.of("GET", "POST", "DELETE")) {
        for (String header : List.of("X-None: 1", WRONG, UNKNOWN)) {
          RawClient.Answer answer = client.send(RawClient.request(method, path, header)).read();

          assertThat(answer.status()).isEqualTo(401);
          assertThat(answer.header("www-authenticate"))
              .isEqualTo("Basic realm=\"websocket-exporter\"");
          assertThat(answer.body()).isEqualTo(SENTENCE);
          assertThat(answer.headers().toString()).doesNotContain("c4n4ry");
        }
      }
      RawClient.Answer head = client.send(RawClient.request("HEAD", path)).readHead();
      assertThat(head.status()).isEqualTo(401);
      assertThat(head.header("content-length")).isEqualTo(String.valueOf(SENTENCE.length()));
      assertThat(client.sendGet(path, ALICE).read().status()).isNotEqualTo(401);
    }
  }

  @Test
  void whoHasThePasswordCanProbe() throws Exception {
    RunningExporter exporter = start();
    try (ScriptedServer target = ScriptedServer.start(Peer::answerPings)) {
      String probe = "/probe?target=" + target.ws("/");

      assertThat(exporter.get(probe, WRONG).status()).isEqualTo(401);
      assertThat(target.requests()).as("nothing was probed").isEmpty();
      assertThat(exporter.get(probe, ALICE).body()).contains("probe_success 1.0");
    }
  }

  @Test
  void openPathsAreAnsweredWithoutAndThoseAlone() throws Exception {
    RunningExporter exporter = start();

    assertThat(exporter.get("/-/healthy").body()).isEqualTo("Healthy.\n");
    assertThat(exporter.get("/-/healthy?a=b", WRONG).status()).isEqualTo(200);
    assertThat(exporter.get("/-/ready").status()).isEqualTo(401);
    assertThat(exporter.get("/-/healthy/").status()).isEqualTo(401);
  }

  @Test
  void theWebSocketWantsThePasswordBeforeItIsOne() throws Exception {
    RunningExporter exporter = start();
    String[] upgrade = {
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ALICE
    };
    try (RawClient client = exporter.connect()) {
      assertThat(client.upgrade().read().status()).isEqualTo(401);
      // A PING that comes along waits, as the upgrade does, until the password is checked.
      client.send(RawClient.get("/-/websocket", upgrade));
      client.sendFrame(Peer.PING, "early".getBytes(UTF_8));

      assertThat(client.read().status()).isEqualTo(101);
      assertThat(client.readFrame().payload()).isEqualTo("early");
      client.sendFrame(Peer.PING, "late".getBytes(UTF_8));
      assertThat(client.readFrame().payload()).isEqualTo("late");
    }
  }

  @Test
  void pipelinedRequestsAreAnsweredInTheirOrderWhileOneWaitsForItsCheck() throws Exception {
    RunningExporter exporter = start(8);
    try (RawClient client = exporter.connect()) {
      client.send(
          RawClient.get("/", ALICE)
              + RawClient.get("/-/ready")
              + RawClient.get("/-/ready", WRONG)
              + RawClient.get("/-/ready", ALICE));

      assertThat(client.read().body()).contains("<html");
      assertThat(client.read().status()).isEqualTo(401);
      assertThat(client.read().status()).isEqualTo(401);
      assertThat(client.read().body()).isEqualTo("Ready.\n");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theEventLoopAnswersOthersWhileAPasswordIsChecked(int eventLoops) throws Exception {
    RunningExporter exporter = start(12, "event-loops=" + eventLoops);
    try (RawClient waiting = exporter.connect();
        RawClient other = exporter.connect()) {
      waiting.sendGet("/metrics", UNKNOWN);

      int answered = 0;
      while (!waiting.hasBytes()) {
        assertThat(other.sendGet("/-/healthy").read().status()).isEqualTo(200);
        answered++;
      }
      assertThat(answered).as("a hash takes as long as many answers").isGreaterThan(10);
      assertThat(waiting.read().status()).isEqualTo(401);
    }
  }

  @Test
  void aClientThatLeavesWhileItIsCheckedLeavesNothingBehind() throws Exception {
    RunningExporter exporter = start(10);
    try (ScriptedServer target = ScriptedServer.start(Peer::answerPings)) {
      for (int i = 0; i < 20; i++) {
        RawClient client = exporter.connect();
        client.sendGet("/probe?target=" + target.ws("/"), authorization("alice", "guess " + i));
        client.hangUp();
      }
      await().until(() -> metric(exporter, "websocket_exporter_http_connections") == 1);
      assertThat(metric(exporter, "websocket_exporter_probes_in_flight")).isZero();
      assertThat(target.requests()).isEmpty();
    }
  }

  @Test
  void aConnectionWithoutAPlaceIsToldOfItOnlyWithThePassword() throws Exception {
    RunningExporter exporter = start("web.max-connections=1");
    try (RawClient first = exporter.connect()) {
      assertThat(first.sendGet("/metrics", ALICE).read().status()).isEqualTo(200);

      assertThat(exporter.get("/probe?target=ws://localhost").status()).isEqualTo(401);
      assertThat(exporter.get("/metrics").status()).isEqualTo(401);
      assertThat(exporter.get("/probe?target=ws://localhost", ALICE).status()).isEqualTo(503);
      assertThat(exporter.get("/metrics", ALICE).status()).isEqualTo(200);
      assertThat(exporter.get("/-/healthy").status()).isEqualTo(200);
    }
  }

  @Test
  void afterAReloadTheNewPasswordAloneIsGoodOnOpenConnectionsToo() throws Exception {
    RunningExporter exporter = start();
    try (RawClient client = exporter.connect()) {
      assertThat(client.sendGet("/", ALICE).read().status()).isEqualTo(200);
      config(4, "looking glass");
      assertThat(exporter.config().reload().get(20, TimeUnit.SECONDS)).isEmpty();

      assertThat(client.sendGet("/", ALICE).read().status()).isEqualTo(401);
      assertThat(client.sendGet("/", authorization("alice", "looking glass")).read().status())
          .isEqualTo(200);
    }
  }

  @Test
  void aReloadThatLeavesTheUsersAsTheyAreForgetsNoPassword() throws Exception {
    Path file = config(12, "wonderland");
    running = RunningExporter.of(file);
    RunningExporter exporter = running;
    assertThat(exporter.get("/", ALICE).status()).isEqualTo(200);
    Files.writeString(file, "\nwebsocket-exporter.web.open-paths = []", StandardOpenOption.APPEND);
    assertThat(exporter.config().reload().get(20, TimeUnit.SECONDS)).isEmpty();

    List<RawClient> guessing = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        guessing.add(exporter.connect().sendGet("/", authorization("alice", "guess " + i)));
      }
      assertThat(exporter.get("/", UNKNOWN).status()).as("no room for one more").isEqualTo(503);
      assertThat(exporter.get("/", ALICE).status()).isEqualTo(200);
    } finally {
      for (RawClient client : guessing) {
        client.close();
      }
    }
  }

  private static double metric(RunningExporter exporter, String sample) throws Exception {
    return RunningExporter.value(exporter.get("/metrics", ALICE).body(), sample);
  }
}
