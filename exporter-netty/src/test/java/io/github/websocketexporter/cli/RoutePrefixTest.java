package io.github.websocketexporter.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The exporter behind a reverse proxy that leaves a prefix on the paths. */
class RoutePrefixTest {
  private static final String EXTERNAL = "web.external-url=https://example.com/tools/ws/";

  @TempDir private Path directory;

  private static String ownWebSocket(RunningExporter exporter) {
    return "ws://127.0.0.1:" + exporter.port() + "/tools/ws/-/websocket";
  }

  @ParameterizedTest
  @ValueSource(strings = {EXTERNAL, "web.route-prefix=/tools/ws", "web.route-prefix=/tools/ws/"})
  void allIsBelowIt(String setting) throws Exception {
    try (RunningExporter exporter = RunningExporter.with(setting)) {
      String probed = exporter.get("/tools/ws/probe?target=" + ownWebSocket(exporter)).body();

      assertThat(probed).contains("\nprobe_success 1.0\n");
      for (String path : new String[] {"-/healthy", "-/ready", "metrics", "config", ""}) {
        assertThat(exporter.get("/tools/ws/" + path).status()).as(path).isEqualTo(200);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"/,tools/ws/", "/tools/ws,ws/"})
  void whoForgetsItIsSentToThePages(String path, String location) throws Exception {
    try (RunningExporter exporter = RunningExporter.with(EXTERNAL)) {
      RawClient.Answer answer = exporter.get(path);

      assertThat(answer.status()).isEqualTo(303);
      assertThat(answer.header("location")).isEqualTo(location);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/probe", "/metrics", "/-/healthy", "/tools/", "/tools/wsx/probe", "/ws/"})
  void nothingElseIsOutside(String path) throws Exception {
    try (RunningExporter exporter = RunningExporter.with(EXTERNAL)) {
      assertThat(exporter.get(path).status()).isEqualTo(404);
    }
  }

  @Test
  void thePathsThatNeedNoPasswordAreBelowItToo() throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("exporter.conf"),
            """
            websocket-exporter.web {
              external-url = "https://example.com/tools/ws/"
              basic-auth-users.someone = "$2y$04$%s"
              open-paths = ["/-/healthy"]
            }
            """
                .formatted("a".repeat(53)));
    try (RunningExporter exporter = RunningExporter.of(file)) {
      assertThat(exporter.get("/tools/ws/-/healthy").status()).isEqualTo(200);
      for (String path :
          List.of("/tools/ws/metrics", "/tools/ws/-/ready", "/", "/tools/ws", "/x")) {
        assertThat(exporter.get(path).status()).as(path).isEqualTo(401);
      }
    }
  }

  @Test
  void aBrowserStaysBelowIt() throws Exception {
    try (RunningExporter exporter = RunningExporter.with(EXTERNAL)) {
      RawClient.Answer answer =
          exporter.get(
              "/tools/ws/probe?debug=true&module=&target=" + ownWebSocket(exporter),
              "Accept: text/html");

      assertThat(answer.status()).isEqualTo(303);
      String location = requireNonNull(answer.header("location"));
      assertThat(location).startsWith("./probes/");
      RawClient.Answer page = exporter.get("/tools/ws/" + location.substring("./".length()));
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.body()).contains("✓ success", "href=\"../metrics\"");
    }
  }

  @Test
  void whereThereIsNoPlaceAllButTheWellBeingIsTurnedAway() throws Exception {
    try (RunningExporter exporter = RunningExporter.with(EXTERNAL, "web.max-connections=1");
        RawClient first = exporter.connect()) {
      assertThat(first.sendGet("/tools/ws/-/healthy").read().status()).isEqualTo(200);

      assertThat(exporter.get("/tools/ws/-/healthy").status()).isEqualTo(200);
      for (String path : List.of("/", "/tools/ws", "/tools/ws/", "/tools/ws/probe", "/x")) {
        assertThat(exporter.get(path).status()).as(path).isEqualTo(503);
      }
    }
  }

  @Test
  void aPrefixOfItsOwnWinsOverTheExternalUrl() throws Exception {
    try (RunningExporter exporter = RunningExporter.with(EXTERNAL, "web.route-prefix=/")) {
      assertThat(exporter.get("/-/healthy").status()).isEqualTo(200);
      assertThat(exporter.get("/tools/ws/-/healthy").status()).isEqualTo(404);
    }
  }
}
