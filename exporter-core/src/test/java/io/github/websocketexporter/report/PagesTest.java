package io.github.websocketexporter.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.metrics.Results;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages for people. */
class PagesTest {
  private static final Pattern LINK = Pattern.compile("(?:href|action|src)=\"([^\"]*)\"");

  private final Pages pages = new Pages("1.2.3", "/x/probe", "/metrics");
  private final History history = new History(3);
  private ExporterConfig config;

  @BeforeEach
  void load() throws Exception {
    config =
        ConfigLoader.load(
            null,
            new ConfigLoader.Flags().set("test", "probe.default-module", "websocket_connect"));
  }

  private static PhaseTimings timings() {
    return new PhaseTimings.Builder()
        .began(Phase.RESOLVE, 0)
        .add(Phase.RESOLVE, 1_000_000)
        .began(Phase.CONNECT, 1_000_000)
        .add(Phase.CONNECT, 2_000_000)
        .began(Phase.TLS, 3_000_000)
        .add(Phase.TLS, 1_000_000)
        .build();
  }

  private static ProbeResult expired() {
    return Results.builder()
        .timings(timings())
        .address(Results.address(192, 0, 2, 1))
        .build(4_000_000, new Failure(Phase.TLS, FailureReason.TLS_CERTIFICATE_EXPIRED));
  }

  @Test
  void theFirstPageHasAFormWithEveryModuleAndTheDefaultFirst() {
    assertThat(pages.home(config, history))
        .contains("<form action=\"x/probe\" method=\"get\">", "<input name=\"target\" required")
        .containsPattern(
            "(?s)<option value=\"\">websocket_connect \\(default\\)</option>\n"
                + "<option>websocket_continuous</option>\n<option>websocket_ping</option>\n"
                + "<option>websocket_ping_burst</option>\n</select>")
        .contains("<input type=\"hidden\" name=\"debug\" value=\"true\">", "Version 1.2.3.")
        .contains("None yet.");
  }

  @Test
  void theFirstPageHasTheLastProbesAndTheLastFailures() {
    history.add(Results.successOverTls());
    String failure = history.addAsked(expired()).id();

    String page = pages.home(config, history);

    assertThat(page.split("<h2>Failures</h2>")[0])
        .contains("wss://example.com:443/…", "✓ success", "0.500 ms")
        .contains("✗ tls: tls_certificate_expired", "href=\"probes/" + failure + "\"");
    assertThat(page.split("<h2>Failures</h2>")[1])
        .contains("✗ tls: tls_certificate_expired")
        .doesNotContain("✓");
  }

  @Test
  void withoutAHistoryThereIsTheFormAlone() {
    assertThat(pages.home(config, new History(0)))
        .contains("<form ")
        .doesNotContain("Recent", "None yet");
  }

  @Test
  void thePageOfAProbeSaysWhatFailedAndWhatUsuallyCausesIt() {
    assertThat(pages.probe(history.addAsked(expired())))
        .contains("<h1>wss://example.com:443/…</h1>")
        .contains(
            "Failed in phase tls (tls_certificate_expired): a certificate is past its end;"
                + " the usual cause: a renewal that did not run, or was not loaded.")
        .contains("<th scope=\"row\">address</th><td>192.0.2.1</td>")
        .contains("\nprobe_failure_info{phase=&quot;tls&quot;,reason=&quot;tls_certificate");
  }

  @Test
  void thePhasesAreDrawnWhereTheyWereInTime() {
    String page = pages.probe(history.addAsked(expired()));

    assertThat(bars(page)).containsExactly("bar 0 250", "bar 250 500", "bar failed 750 250");
    assertThat(page)
        .contains("<th scope=\"row\">✗ tls</th>")
        .contains("<td class=\"number extra\">1.000 ms</td><td class=\"number\">2.000 ms</td>");
  }

  private static List<String> bars(String page) {
    return Pattern.compile("<rect class=\"(bar[^\"]*)\" x=\"(\\d+)\" width=\"(\\d+)\"")
        .matcher(page)
        .results()
        .map(bar -> bar.group(1) + " " + bar.group(2) + " " + bar.group(3))
        .toList();
  }

  @Test
  void aShortPhaseCanBeSeen() {
    PhaseTimings timings =
        new PhaseTimings.Builder()
            .began(Phase.CONNECT, 0)
            .add(Phase.CONNECT, 1_000_000_000)
            .began(Phase.PING, 1_000_000_000)
            .add(Phase.PING, 1)
            .build();
    ProbeResult result = Results.builder().timings(timings).build(1_000_000_001, null);

    assertThat(bars(pages.probe(history.addAsked(result)))).contains("bar 1000 3");
  }

  @Test
  void whatHappenedIsToldInItsOrder() {
    assertThat(Timeline.of(expired()))
        .extracting(event -> event.atNanos() / 1_000_000 + " " + event.words())
        .containsExactly(
            "0 resolve: the name is looked up",
            "1 resolve: 192.0.2.1",
            "1 connect: the connection is opened",
            "3 connect: connected to 192.0.2.1",
            "3 tls: the handshake begins",
            "4 tls: failed, tls_certificate_expired",
            "4 the probe ended");
  }

  @Test
  void theAddressOfANamedTargetIsNotShown() {
    ProbeResult plain = expired();
    ProbeResult named =
        ProbeResult.builder(
                new ProbeRequest(
                    plain.request().target().named("node"),
                    plain.request().module(),
                    plain.request().limit()))
            .timings(plain.timings())
            .address(Results.address(192, 0, 2, 1))
            .build(1, plain.failure());

    assertThat(pages.probe(history.addAsked(named)))
        .contains("<h1>node</h1>")
        .doesNotContain("192.0.2.1", "example.com");
  }

  @Test
  void whatAPeerSaysIsEscaped() {
    ProbeResult result =
        Results.builder()
            .timings(timings())
            .upgrade(new UpgradeFacts(101, "<script>\"&'</script>", null))
            .connectionNanos(1)
            .build(1, null);

    assertThat(pages.probe(history.addAsked(result)))
        .contains("&lt;script&gt;")
        .doesNotContain("<script");
    assertThat(new Html().add("{} {}", "{}", "<&>\"'")).hasToString("{} &lt;&amp;&gt;&quot;&#39;");
  }

  @Test
  void theyShowNoSecret() {
    RecentProbe probe = history.addAsked(Results.successOverTls());

    assertThat(pages.home(config, history) + pages.probe(probe)).doesNotContain(Results.SECRET);
  }

  @Test
  void theyHaveNoScriptAndTakeNothingFromElsewhere() throws Exception {
    for (String page :
        List.of(
            pages.home(config, history), pages.probe(history.addAsked(Results.successOverTls())))) {
      assertThat(page).doesNotContain("<script", " style=", "@import", "url(");
      assertThat(page).doesNotContainPattern("\\son\\w+=");
      Matcher link = LINK.matcher(page);
      while (link.find()) {
        assertThat(link.group(1)).as("works behind any prefix").doesNotMatch("(?:/|\\w+:).*");
      }
      assertThat(Pages.CONTENT_SECURITY_POLICY)
          .startsWith("default-src 'none'; ")
          .contains("style-src 'sha256-" + hash(page) + "'");
    }
  }

  private static String hash(String page) throws Exception {
    String style = page.substring(page.indexOf("<style>") + 7, page.indexOf("</style>"));
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(style.getBytes(UTF_8));
    return Base64.getEncoder().encodeToString(hash);
  }

  @ParameterizedTest
  @CsvSource({"/probe, ./", "/probes/, ../", "/a/b/probe, ../../"})
  void theWayToTheRootIsRelative(String path, String way) {
    assertThat(Pages.rootFrom(path)).isEqualTo(way);
  }
}
