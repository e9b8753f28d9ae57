package io.github.websocketexporter.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads text 0.0.4 back into what the library would have written it from. Strict. */
final class TextParser {
  private static final Pattern FAMILY =
      Pattern.compile("(?d)# HELP (\\S+) (.*)\n# TYPE \\1 gauge\n((?:\\1[ {].*\n)+)");
  private static final Pattern SAMPLE =
      Pattern.compile("(?d)\\w+(?:\\{(.*)\\})? (-?[0-9]+(?:\\.[0-9]+)?)\n");
  private static final Pattern LABEL =
      Pattern.compile("\\G(\\w+)=\"((?:[^\"\\\\]|\\\\[\\\\\"n])*+)\"(?:,(?!$)|$)");

  private TextParser() {}

  static MetricSnapshots parse(String text) {
    List<MetricSnapshot> snapshots = new ArrayList<>();
    int end = 0;
    for (Matcher family = FAMILY.matcher(text); family.find(); end = family.end()) {
      if (family.start() != end) {
        break;
      }
      snapshots.add(family(family.group(1), family.group(2), family.group(3)));
    }
    if (end != text.length()) {
      throw new AssertionError("not a metric: " + text.substring(end));
    }
    return new MetricSnapshots(snapshots);
  }

  private static MetricSnapshot family(String name, String help, String lines) {
    List<InfoDataPointSnapshot> infos = new ArrayList<>();
    List<GaugeDataPointSnapshot> gauges = new ArrayList<>();
    int end = 0;
    for (Matcher sample = SAMPLE.matcher(lines); sample.find(); end = sample.end()) {
      Labels labels = labels(sample.group(1) == null ? "" : sample.group(1));
      double value = Double.parseDouble(sample.group(2));
      infos.add(new InfoDataPointSnapshot(labels));
      gauges.add(new GaugeDataPointSnapshot(value, labels, null));
    }
    if (end != lines.length()) {
      throw new AssertionError("not a sample: " + lines.substring(end));
    }
    return name.endsWith("_info")
        ? new InfoSnapshot(new MetricMetadata(name.replaceFirst("_info$", ""), help), infos)
        : new GaugeSnapshot(new MetricMetadata(name, help), gauges);
  }

  private static Labels labels(String text) {
    Labels labels = Labels.EMPTY;
    int end = 0;
    for (Matcher label = LABEL.matcher(text); label.find(); end = label.end()) {
      labels = labels.merge(Labels.of(label.group(1), unescaped(label.group(2))));
    }
    if (end != text.length()) {
      throw new AssertionError("not a label: " + text.substring(end));
    }
    return labels;
  }

  private static String unescaped(String value) {
    return Pattern.compile("\\\\(.)")
        .matcher(value)
        .replaceAll(
            escape ->
                escape.group(1).equals("n") ? "\n" : Matcher.quoteReplacement(escape.group(1)));
  }
}
