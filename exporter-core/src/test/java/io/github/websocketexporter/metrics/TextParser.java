package io.github.websocketexporter.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
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
      Pattern.compile(
          "(?d)# HELP (\\S+) (.*)\n# TYPE \\1 (gauge|counter|histogram)\n((?:\\1[_ {].*\n)+)");
  private static final Pattern SAMPLE =
      Pattern.compile("(?d)(\\w+)(?:\\{(.*)\\})? (-?[0-9]+(?:\\.[0-9]+)?)\n");
  private static final Pattern BUCKET =
      Pattern.compile("(?d)\\G\\w+_bucket\\{le=\"(\\+Inf|[0-9.]+)\"\\} ([0-9]+)\n");
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
      String name = family.group(1);
      String help = family.group(2);
      String lines = family.group(4);
      snapshots.add(
          switch (family.group(3)) {
            case "counter" -> counter(name, help, lines);
            case "histogram" -> histogram(name, help, lines);
            default -> gauge(name, help, lines);
          });
    }
    if (end != text.length()) {
      throw new AssertionError("not a metric: " + text.substring(end));
    }
    return new MetricSnapshots(snapshots);
  }

  private static MetricSnapshot gauge(String name, String help, String lines) {
    List<Sample> samples = samples(name, lines);
    return name.endsWith("_info")
        ? new InfoSnapshot(
            new MetricMetadata(name.replaceFirst("_info$", ""), help),
            samples.stream().map(each -> new InfoDataPointSnapshot(each.labels())).toList())
        : new GaugeSnapshot(
            new MetricMetadata(name, help),
            samples.stream()
                .map(each -> new GaugeDataPointSnapshot(each.value(), each.labels(), null))
                .toList());
  }

  private static MetricSnapshot counter(String name, String help, String lines) {
    return new CounterSnapshot(
        new MetricMetadata(name.replaceFirst("_total$", ""), help),
        samples(name, lines).stream()
            .map(each -> new CounterDataPointSnapshot(each.value(), each.labels(), null, 0))
            .toList());
  }

  /** Of one histogram without labels. */
  private static MetricSnapshot histogram(String name, String help, String lines) {
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    long below = 0;
    int start = 0;
    for (Matcher bucket = BUCKET.matcher(lines); bucket.find(); start = bucket.end()) {
      long count = Long.parseLong(bucket.group(2));
      buckets.bucket(
          Double.parseDouble(bucket.group(1).replace("+Inf", "Infinity")), count - below);
      below = count;
    }
    String rest = lines.substring(start).replace(name + "_count " + below + "\n", "");
    Sample sum = samples(name + "_sum", rest).get(0);
    return new HistogramSnapshot(
        new MetricMetadata(name, help),
        List.of(
            new HistogramDataPointSnapshot(buckets.build(), sum.value(), Labels.EMPTY, null, 0)));
  }

  private record Sample(Labels labels, double value) {}

  private static List<Sample> samples(String name, String lines) {
    List<Sample> samples = new ArrayList<>();
    int end = 0;
    for (Matcher sample = SAMPLE.matcher(lines); sample.find(); end = sample.end()) {
      if (!sample.group(1).equals(name)) {
        throw new AssertionError("not of " + name + ": " + sample.group());
      }
      Labels labels = labels(sample.group(2) == null ? "" : sample.group(2));
      samples.add(new Sample(labels, Double.parseDouble(sample.group(3))));
    }
    if (end != lines.length()) {
      throw new AssertionError("not a sample: " + lines.substring(end));
    }
    return samples;
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
