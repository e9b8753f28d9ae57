package io.github.websocketexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code debug=true} and {@code /config} show, and what they do not. */
class DebugPageTest {
  private static final Pattern PHASE =
      Pattern.compile("(?m)^(\\w+) +(\\d+\\.\\d{3}) +(\\d+\\.\\d{3}) +(\\d+\\.\\d{3})$");

  @TempDir private Path directory;

  private RunningExporter exporter(String module) throws Exception {
    return RunningExporter.of(
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.modules.own {\n" + module + "\n}\n"));
  }

  private static RawClient.Answer debug(RunningExporter exporter, String target) throws Exception {
    return exporter.get("/probe?debug=true&module=own&target=" + target);
  }

  @Test
  void tellsTheTimelineWhatWasFoundTheMetricsAndTheModule() throws Exception {
    try (RunningExporter exporter = exporter("timeout = 5s")) {
      String target = exporter.ownWebSocket().replace("127.0.0.1", "localhost");

      RawClient.Answer answer = debug(exporter, target);

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
      assertThat(answer.header("cache-control")).isEqualTo("no-store");
      assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
      assertThat(answer.body())
          .startsWith(
              "Probe of ws://localhost:" + exporter.port() + "/… by module own: success\nIt took ")
          .containsPattern("\nIt took \\d+\\.\\d{3} ms of the 5000\\.000 ms that it had\\.\n")
          .contains("\naddress     127.0.0.1\n", "\nstatus      101\n")
          .contains("\npings       1 sent, 1 answered\n", "\nround trip  ")
          .contains("\nMetrics\n# HELP ", "\nprobe_success 1.0\n", "\nModule\nown {\n")
          .contains("timeout=\"5s\"")
          .doesNotContain("websocket/", "/-/websocket");
      assertPhasesFollowEachOther(answer.body(), "resolve", "connect", "upgrade", "ping");
    }
  }

  private static void assertPhasesFollowEachOther(String page, String... phases) {
    Matcher line = PHASE.matcher(page);
    double before = 0;
    for (String phase : phases) {
      assertThat(line.find()).as(page).isTrue();
      assertThat(line.group(1)).isEqualTo(phase);
      double from = Double.parseDouble(line.group(2));
      double to = Double.parseDouble(line.group(3));
      assertThat(from).as(page).isGreaterThanOrEqualTo(before - 0.001);
      assertThat(to - from).as(page).isBetween(-0.002 + took(line), 0.002 + took(line));
      before = to;
    }
    assertThat(line.find()).as(page).isFalse();
  }

  private static double took(Matcher line) {
    return Double.parseDouble(line.group(4));
  }

  @Test
  void tellsWhereAndWhyAProbeFailed() throws Exception {
    try (RunningExporter exporter = exporter("")) {
      RawClient.Answer answer = debug(exporter, "ws://127.0.0.1:" + Ports.closed() + "/t0ken");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body())
          .contains("by module own: failed in phase connect, connect_refused\n")
          .contains("\nprobe_failure_info{phase=\"connect\",reason=\"connect_refused\"} 1\n")
          .doesNotContain("t0ken", "\nstatus ", "round trip");
      assertPhasesFollowEachOther(answer.body(), "connect");
    }
  }

  @Test
  void tellsWhereInTheMessagesAProbeFailed() throws Exception {
    String module =
        """
        messages = [
          { expect = hello }
          { name = slot, expect = "slot (?P<n>.*)", extract = [n], skip-unmatched = true }
        ]
        """;
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          for (String text : List.of("hello", "s3cret", "slot s3cret")) {
            peer.sendFrame(Peer.TEXT, text.getBytes(UTF_8));
          }
          peer.sendFrame(Peer.CLOSE, Peer.status(4401, "s3cret"));
          peer.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script);
        RunningExporter exporter = exporter(module)) {
      assertThat(debug(exporter, server.ws("/")).body())
          .contains("by module own: failed in phase messages, closed_by_peer\n")
          .contains("\nstep        2 (slot)\npassed-over 2\n")
          .contains("\nmismatch    a group without a number\nclose       4401\n")
          .doesNotContain("s3cret");
    }
  }

  @Test
  void isThereOnlyForThoseWhoAskForIt() throws Exception {
    try (RunningExporter exporter = exporter("")) {
      String probe = "/probe?target=" + exporter.ownWebSocket();

      for (String more : List.of("", "&debug=false", "&debug=", "&debug=TRUE")) {
        assertThat(exporter.get(probe + more).body()).startsWith("# HELP ");
      }
      assertThat(exporter.get(probe + "&debug=true&debug=true").status()).isEqualTo(400);
      assertThat(exporter.get("/probe?debug=true").status()).isEqualTo(400);
      assertThat(exporter.get(probe + "&debug=true&module=none").status()).isEqualTo(400);
    }
  }

  @Test
  void noSecretOfATargetOrAModuleIsOnAPage() throws Exception {
    String module =
        """
        headers { X-Key = s3cret }
        authorization.basic { username = user, password = s3cret }
        messages = [ { send = s3cret, expect = ok } ]
        """;
    try (ScriptedServer server = ScriptedServer.start(DebugPageTest::say);
        RunningExporter exporter = exporter(module)) {
      String probed = debug(exporter, server.ws("/id/s3cret?t=s3cret")).body();
      String config = exporter.get("/config").body();

      assertThat(server.awaitRequest().text()).contains("s3cret");
      assertThat(probed).contains("by module own: success\n", "X-Key=\"***\"", "username=\"***\"");
      assertThat(config).contains("X-Key=\"***\"", "password=\"***\"", "send=\"***\"");
      assertThat(probed + config).doesNotContain("s3cret");
    }
  }

  private static void say(Peer peer) throws Exception {
    peer.acceptUpgrade();
    peer.readFrame(Peer.TEXT);
    peer.sendFrame(Peer.TEXT, new byte[] {'o', 'k'});
    peer.sendFrame(Peer.PONG, peer.readFrame(Peer.PING).payload());
    peer.awaitEnd();
  }

  @Test
  void theConfigurationIsShownAsItIsInForce() throws Exception {
    try (RunningExporter exporter = exporter("timeout = 5s")) {
      RawClient.Answer answer = exporter.get("/config");

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("content-type")).isEqualTo("text/plain; charset=utf-8");
      assertThat(answer.header("cache-control")).isEqualTo("no-store");
      assertThat(answer.body())
          .startsWith("websocket-exporter {\n")
          .contains("timeout=\"5s\"", "max-in-flight=6700", "warm-up=\"0s\"");
      assertThat(exporter.get("/").body()).contains("href=\"./config\"");
    }
  }
}
