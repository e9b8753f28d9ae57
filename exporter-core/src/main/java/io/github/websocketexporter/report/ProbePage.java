package io.github.websocketexporter.report;

import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.ProbeResult;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What is on the page of one probe: what came of it, its phases drawn, what happened when, what it
 * found, and its metrics.
 */
final class ProbePage {
  private ProbePage() {}

  static Html of(RecentProbe probe) {
    ProbeResult result = probe.result();
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
    return main.add(
        "<section>\n<h2>Metrics</h2>\n<pre tabindex=\"0\">{}</pre>\n</section>\n",
        ProbeMetrics.text(result));
  }

  static void time(Html main, Instant time) {
    String text = time.truncatedTo(ChronoUnit.SECONDS).toString();
    int day = text.indexOf('T');
    main.add(
        "<time datetime=\"{}\"><span class=\"extra\">{} </span>{}</time>",
        text,
        text.substring(0, day),
        text.substring(day + 1));
  }

  /** In words and by a sign, not by a colour alone. */
  static void outcome(Html main, ProbeResult result) {
    Failure failure = result.failure();
    if (failure == null) {
      main.add("<span class=\"good\">✓ success</span>");
    } else {
      main.add(
          "<span class=\"bad\">✗ {}: {}</span>", failure.phase().label(), failure.reason().label());
    }
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
}
