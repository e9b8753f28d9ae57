package io.github.websocketexporter.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Ports;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of the last probes, as a browser asks for them. */
class RecentProbesTest {
  private static final String HTML = "text/html,application/xhtml+xml,*/*;q=0.8";
  private static final Pattern LINK = Pattern.compile("probes/[0-9a-z]+-[0-9a-z]+");

  private static List<String> links(RunningExporter exporter) throws Exception {
    return LINK.matcher(exporter.get("/").body())
        .results()
        .map(link -> "/" + link.group())
        .distinct()
        .toList();
  }

  private static RawClient.Answer html(RunningExporter exporter, String path) throws Exception {
    return exporter.get(path, "Accept: " + HTML);
  }

  @Test
  void aScrapeIsToBeLookedAtLater() throws Exception {
    try (RunningExporter exporter = RunningExporter.with()) {
      String metrics = exporter.get("/probe?target=" + exporter.ownWebSocket()).body();

      List<String> links = links(exporter);
      assertThat(links).hasSize(1);
      RawClient.Answer page = exporter.get(links.get(0));
      assertThat(page.status()).isEqualTo(200);
      assertThat(page.header("content-type")).isEqualTo("text/html; charset=utf-8");
      assertThat(page.header("cache-control")).isEqualTo("no-store");
      assertThat(page.header("content-security-policy")).startsWith("default-src 'none'; ");
      assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
      assertThat(page.header("referrer-policy")).isEqualTo("no-referrer");
      assertThat(page.body())
          .contains("✓ success", "<th scope=\"row\">ping</th>")
          .contains("\nprobe_duration_seconds " + duration(metrics) + "\n")
          .doesNotContain("/-/websocket");
    }
  }

  private static double duration(String metrics) {
    return RunningExporter.value(metrics, "probe_duration_seconds");
  }

  @Test
  void aBrowserIsLedToAPageWithoutTheTarget() throws Exception {
    try (RunningExporter exporter = RunningExporter.with("web.probe-path=/a/probe")) {
      String target = "ws://127.0.0.1:" + Ports.closed() + "/c4n4ry";

      RawClient.Answer answer = html(exporter, "/a/probe?debug=true&module=&target=" + target);

      assertThat(answer.status()).isEqualTo(303);
      assertThat(answer.header("location")).matches("\\.\\./" + LINK);
      String location = requireNonNull(answer.header("location"));
      RawClient.Answer page = exporter.get(location.substring("..".length()));
      assertThat(page.body())
          .contains("✗ connect: connect_refused", "nothing listens on that port")
          .doesNotContain("c4n4ry");
    }
  }

  @Test
  void withoutAHistoryTheBrowserGetsThePageAtOnce() throws Exception {
    try (RunningExporter exporter = RunningExporter.with("history.limit=0")) {
      RawClient.Answer answer =
          html(exporter, "/probe?debug=true&target=" + exporter.ownWebSocket());

      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).contains("✓ success");
      assertThat(links(exporter)).isEmpty();
    }
  }

  @Test
  void aScrapeGetsMetricsAlsoByABrowser() throws Exception {
    try (RunningExporter exporter = RunningExporter.with()) {
      assertThat(html(exporter, "/probe?target=" + exporter.ownWebSocket()).body())
          .contains("\nprobe_success 1.0\n");
    }
  }

  @Test
  void aHeadIsAnsweredWithoutThePage() throws Exception {
    try (RunningExporter exporter = RunningExporter.with()) {
      for (String path : List.of("/", probe(exporter))) {
        try (RawClient client = exporter.connect()) {
          RawClient.Answer head = client.send(RawClient.request("HEAD", path)).readHead();
          assertThat(head.status()).isEqualTo(200);
          assertThat(head.header("content-type")).startsWith("text/html");
          assertThat(client.sendGet("/-/healthy").read().body()).isEqualTo("Healthy.\n");
        }
      }
    }
  }

  @Test
  void onlyTheLastOnesAreThere() throws Exception {
    try (RunningExporter exporter = RunningExporter.with("history.limit=2")) {
      String first = probe(exporter);
      probe(exporter);
      probe(exporter);

      assertThat(links(exporter)).hasSize(2).doesNotContain(first);
      assertThat(exporter.get(first).status()).isEqualTo(404);
    }
  }

  private static String probe(RunningExporter exporter) throws Exception {
    exporter.get("/probe?target=" + exporter.ownWebSocket());
    return links(exporter).get(0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/probes", "/probes/", "/probes/none", "/probes/a/b", "/nothing/here"})
  void thereIsNothingElse(String path) throws Exception {
    try (RunningExporter exporter = RunningExporter.with()) {
      assertThat(exporter.get(path).status()).isEqualTo(404);
      assertThat(exporter.get(path).body()).startsWith("There is no");
    }
  }
}
