package io.github.websocketexporter.report;

import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import java.util.List;

/** What is on the first page: a form to probe with, the last probes and the last failures. */
final class HomePage {
  /** Of a table: it is made on the event loop. */
  private static final int MOST_ROWS = 100;

  private static final String PLACEHOLDER = "wss://host/path, or the name of a target";

  private final Html main = new Html();

  private HomePage() {}

  /**
   * The page.
   *
   * @param probePath the way from it to where the exporter probes
   */
  static Html of(String version, String probePath, ExporterConfig config, History history) {
    HomePage page = new HomePage();
    page.main.add(
        "<h1>WebSocket ping-pong latency</h1>\n<p class=\"muted\">Version {}.</p>\n", version);
    page.form(probePath, config);
    if (history.limit() > 0) {
      page.table("Recent probes", "The last ones, the newest first.", history.recent());
      page.table(
          "Failures", "The last that failed, kept when others have come since.", history.failed());
    }
    return page.main;
  }

  private void form(String probePath, ExporterConfig config) {
    main.add(
        """
        <form action="{}" method="get">
        <label class="grow">Target
        <input name="target" required pattern="\\S+" title="without blanks" autocomplete="off" spellcheck="false" placeholder="{}"></label>
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

  private void table(String title, String caption, List<RecentProbe> probes) {
    main.add("<section>\n<h2>{}</h2>\n<p class=\"muted\">{}</p>\n", title, caption);
    if (probes.isEmpty()) {
      main.add("<p>None yet.</p>\n</section>\n");
      return;
    }
    main.add(
        """
        <div class="scroll" role="region" aria-label="{}" tabindex="0">
        <table class="probes">
        <thead><tr><th scope="col">Time</th><th scope="col">Target</th><th scope="col" class="extra">Module</th>\
        <th scope="col">Result</th><th scope="col" class="number">Round trip</th></tr></thead>
        <tbody>
        """,
        title);
    probes.stream().limit(MOST_ROWS).forEach(this::row);
    main.add("</tbody>\n</table>\n</div>\n</section>\n");
  }

  private void row(RecentProbe probe) {
    ProbeResult result = probe.result();
    RoundTrip roundTrip = result.roundTrip();
    main.add("<tr><td><a href=\"{}\">", Pages.PROBES + probe.id());
    ProbePage.time(main, probe.endedAt());
    main.add(
        "</a></td><td class=\"target\">{}</td><td class=\"extra\">{}</td><td>",
        result.request().target(),
        result.request().module().name());
    ProbePage.outcome(main, result);
    main.add(
        "</td><td class=\"number\">{}</td></tr>\n",
        roundTrip == null ? "–" : Text.millis(roundTrip.nanos()));
  }
}
