package io.github.websocketexporter.report;

import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * The pages for people: the one with a form and the last probes, and one for each of these. HTML
 * without scripts, in which all that is not of the exporter itself is escaped. Immutable.
 */
public final class Pages {
  /** Where the pages of single probes are, from the root on. */
  public static final String PROBES = "probes/";

  /** The value of the header field Content-Security-Policy that goes with each page. */
  public static final String CONTENT_SECURITY_POLICY = PageFrame.contentSecurityPolicy();

  /** Of a table: it is made on the event loop. */
  private static final int MOST_ROWS = 100;

  private static final String PLACEHOLDER = "wss://host/path, or the name of a target";

  private final String version;
  private final String probePath;
  private final String telemetryPath;

  /**
   * Pages of an exporter.
   *
   * @param version of the exporter
   * @param probePath where it probes, with a slash before it
   * @param telemetryPath where its own metrics are, with a slash before it
   */
  public Pages(String version, String probePath, String telemetryPath) {
    this.version = version;
    this.probePath = fromRoot(probePath);
    this.telemetryPath = fromRoot(telemetryPath);
  }

  private static String fromRoot(String path) {
    return path.substring(1);
  }

  /**
   * The way from {@code path} to the root, for links that work behind any prefix: {@code ./}, or as
   * often {@code ../} as there are folders.
   */
  public static String rootFrom(String path) {
    long folders = path.chars().filter(c -> c == '/').count() - 1;
    return folders == 0 ? "./" : "../".repeat((int) folders);
  }

  /** The page with a form, the last probes and the last failures. */
  public String home(ExporterConfig config, History history) {
    String root = "./";
    Html main =
        new Html()
            .add(
                "<h1>WebSocket ping-pong latency</h1>\n<p class=\"muted\">Version {}.</p>\n",
                version);
    form(main, config);
    if (history.limit() > 0) {
      table(main, "Recent probes", "The last ones, the newest first.", history.recent());
      table(
          main,
          "Failures",
          "The last that failed, kept when others have come since.",
          history.failed());
    }
    return PageFrame.page("Probes", root, links(root), main);
  }

  private void form(Html main, ExporterConfig config) {
    main.add(
        """
        <form action="{}" method="get">
        <label class="grow">Target
        <input name="target" required autocomplete="off" spellcheck="false" placeholder="{}"></label>
        <label>Module
        <select name="module">
        """,
        probePath,
        PLACEHOLDER);
    String standard = config.probe().defaultModule();
    main.add("<option value=\"\">{}</option>\n", standard + " (default)");
    for (String module : config.modules().keySet()) {
      if (!module.equals(standard)) {
        main.add("<option>{}</option>\n", module);
      }
    }
    main.add(
        """
        </select></label>
        <input type="hidden" name="debug" value="true">
        <button type="submit">Probe</button>
        </form>
        """);
  }

  private static void table(Html main, String title, String caption, List<RecentProbe> probes) {
    main.add("<section>\n<h2>{}</h2>\n<p class=\"muted\">{}</p>\n", title, caption);
    if (probes.isEmpty()) {
      main.add("<p>None yet.</p>\n</section>\n");
      return;
    }
    main.add(
        """
        <div class="scroll" role="region" aria-label="{}" tabindex="0">
        <table>
        <thead><tr><th scope="col">Time</th><th scope="col">Target</th><th scope="col" class="extra">Module</th>\
        <th scope="col">Result</th><th scope="col" class="number">Round trip</th></tr></thead>
        <tbody>
        """,
        title);
    probes.stream().limit(MOST_ROWS).forEach(probe -> row(main, probe));
    main.add("</tbody>\n</table>\n</div>\n</section>\n");
  }

  private static void row(Html main, RecentProbe probe) {
    ProbeResult result = probe.result();
    RoundTrip roundTrip = result.roundTrip();
    main.add("<tr><td><a href=\"{}\">", PROBES + probe.id());
    time(main, probe.endedAt());
    main.add(
        "</a></td><td class=\"target\">{}</td><td class=\"extra\">{}</td><td>",
        result.request().target(),
        result.request().module().name());
    outcome(main, result);
    main.add(
        "</td><td class=\"number\">{}</td></tr>\n",
        roundTrip == null ? "–" : Text.millis(roundTrip.nanos()));
  }

  private static void time(Html main, Instant time) {
    String text = time.truncatedTo(ChronoUnit.SECONDS).toString();
    main.add("<time datetime=\"{}\">{}</time>", text, text.replace('T', ' '));
  }

  /** In words and by a sign, not by a colour alone. */
  private static void outcome(Html main, ProbeResult result) {
    Failure failure = result.failure();
    if (failure == null) {
      main.add("<span class=\"good\">✓ success</span>");
    } else {
      main.add(
          "<span class=\"bad\">✗ {}: {}</span>", failure.phase().label(), failure.reason().label());
    }
  }

  /**
   * The page of one probe: what came of it, its phases drawn, what happened when, what it found,
   * and its metrics.
   */
  public String probe(RecentProbe probe) {
    ProbeResult result = probe.result();
    String root = rootFrom("/" + PROBES);
    Html main = new Html().add("<h1>{}</h1>\n<p>", result.request().target());
    outcome(main, result);
    main.add(" by module {}, ", result.request().module().name());
    time(main, probe.startedAt());
    main.add(
        ", in {} of {}</p>\n",
        Text.millis(result.durationNanos()),
        Text.millis(result.request().limit().toNanos()));
    Failure failure = result.failure();
    if (failure != null) {
      main.add("<p class=\"bad\">{}</p>\n", Advice.sentence(failure));
    }
    waterfall(main, result);
    timeline(main, probe);
    facts(main, result);
    main.add(
        "<section>\n<h2>Metrics</h2>\n<pre tabindex=\"0\">{}</pre>\n</section>\n",
        ProbeMetrics.text(result));
    return PageFrame.page(result.request().target().toString(), root, links(root), main);
  }

  private static void waterfall(Html main, ProbeResult result) {
    Waterfall waterfall = Waterfall.of(result);
    if (waterfall.bars().isEmpty()) {
      return;
    }
    main.add(
        """
        <section>
        <h2>Phases</h2>
        <div class="scroll" role="region" aria-label="Phases" tabindex="0">
        <table>
        <thead><tr><th scope="col">Phase</th><th scope="col">From the start of the {}</th>\
        <th scope="col" class="number extra">From</th><th scope="col" class="number">Took</th></tr></thead>
        <tbody>
        """,
        whole(result));
    int scale = 1_000;
    for (Waterfall.Bar bar : waterfall.bars()) {
      int from = waterfall.at(bar.startNanos(), scale);
      int width = Math.max(3, waterfall.at(bar.endNanos(), scale) - from);
      main.add(
          """
          <tr><th scope="row">{}</th><td class="wide"><svg viewBox="0 0 1003 20" \
          preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="1003" height="20"/>\
          <rect class="{}" x="{}" width="{}" height="20"/></svg></td>\
          <td class="number extra">{}</td><td class="number">{}</td></tr>
          """,
          bar.failed() ? "✗ " + bar.phase().label() : bar.phase().label(),
          bar.failed() ? "bar failed" : "bar",
          from,
          width,
          Text.millis(bar.startNanos()),
          Text.millis(bar.nanos()));
    }
    main.add("</tbody>\n</table>\n</div>\n</section>\n");
  }

  private static String whole(ProbeResult result) {
    return result.session() == null ? "probe" : "connection";
  }

  private static void timeline(Html main, RecentProbe probe) {
    main.add("<section>\n<h2>What happened</h2>\n<ol>\n");
    for (Timeline.Event event : Timeline.of(probe.result())) {
      main.add(
          "<li><span>{}</span><div>{}</div></li>\n", Text.millis(event.atNanos()), event.words());
    }
    main.add("</ol>\n</section>\n");
  }

  private static void facts(Html main, ProbeResult result) {
    List<Facts.Fact> facts = Facts.of(result);
    if (facts.isEmpty()) {
      return;
    }
    main.add("<section>\n<h2>Found</h2>\n<table class=\"facts\">\n<tbody>\n");
    for (Facts.Fact fact : facts) {
      main.add("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", fact.name(), fact.words());
    }
    main.add("</tbody>\n</table>\n</section>\n");
  }

  private Html links(String root) {
    return new Html()
        .add(
            """
            <nav aria-label="Pages"><a href="{}">Metrics of the exporter</a> · \
            <a href="{}">Configuration</a> · <a href="{}">Ready</a></nav>""",
            root + telemetryPath,
            root + "config",
            root + "-/ready");
  }
}
