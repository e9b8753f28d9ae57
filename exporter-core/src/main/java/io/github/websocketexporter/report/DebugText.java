package io.github.websocketexporter.report;

import io.github.websocketexporter.config.EffectiveConfig;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.ProbeResult;

/**
 * One probe told to a person in plain text: its timeline, what it found, the metrics that it would
 * have answered, and its module. Without the secrets of the target and of the module.
 */
public final class DebugText {
  private final StringBuilder text = new StringBuilder();

  private DebugText() {}

  /**
   * The text of a probe.
   *
   * @param config what was in force when it began
   */
  public static String of(ProbeResult result, EffectiveConfig config) {
    DebugText page = new DebugText();
    page.outcome(result);
    page.timeline(result);
    page.line("\nFound");
    for (Facts.Fact fact : Facts.of(result)) {
      page.line("%-12s%s", fact.name(), fact.words());
    }
    page.text.append("\nMetrics\n").append(ProbeMetrics.text(result));
    page.text.append("\nModule\n").append(config.module(result.request().module().name()));
    return page.text.toString();
  }

  private void outcome(ProbeResult result) {
    line(
        "Probe of %s by module %s: %s",
        result.request().target(), result.request().module().name(), outcomeOf(result));
    line(
        "It took %s of the %s that it had.",
        Text.millis(result.durationNanos()), Text.millis(result.request().limit().toNanos()));
  }

  private static String outcomeOf(ProbeResult result) {
    return result.failure() == null
        ? "success"
        : "failed in phase %s, %s"
            .formatted(result.failure().phase().label(), result.failure().reason().label());
  }

  private void timeline(ProbeResult result) {
    line(
        "\nTimeline, in milliseconds from the start of the %s",
        result.session() == null ? "probe" : "connection");
    line("%-10s%12s%12s%12s", "phase", "from", "to", "took");
    for (Waterfall.Bar bar : Waterfall.of(result).bars()) {
      line(
          "%-10s%12.3f%12.3f%12.3f",
          bar.phase().label(), bar.startNanos() / 1e6, bar.endNanos() / 1e6, bar.nanos() / 1e6);
    }
  }

  private void line(String format, Object... values) {
    text.append(Text.format(format, values)).append('\n');
  }
}
