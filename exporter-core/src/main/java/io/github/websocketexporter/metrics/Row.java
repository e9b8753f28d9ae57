package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.Disconnect;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTripHistogram;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** One metric of a probe. */
interface Row {
  /** What it is called, and its HELP. */
  MetricMetadata metadata();

  /** The metric with all that it may have, and with holes for what varies: see {@link Family}. */
  MetricSnapshot sample();

  /**
   * Writes the metric of {@code result}, or nothing where the result does not hold the fact.
   *
   * @param family what was made of {@link #sample()}
   */
  void write(ProbeResult result, Family family, MetricWriter writer) throws IOException;

  /** A gauge of a whole number, where the result holds the fact. */
  static <F> Row number(
      String name, String help, Function<ProbeResult, @Nullable F> fact, ToLongFunction<F> number) {
    return new ValueRow<>(
        ValueRow.gauge(new MetricMetadata(name, help), Labels.EMPTY),
        fact,
        (found, writer) -> writer.whole(number.applyAsLong(found)));
  }

  /** A gauge of a time in seconds, where the result holds the fact. */
  static <F> Row seconds(
      String name, String help, Function<ProbeResult, @Nullable F> fact, ToLongFunction<F> nanos) {
    return new ValueRow<>(
        ValueRow.gauge(new MetricMetadata(name, help), Labels.EMPTY),
        fact,
        (found, writer) -> writer.seconds(nanos.applyAsLong(found)));
  }

  /** A gauge of a part of a whole, from 0 to 1, where the result holds the fact. */
  static <F> Row ratio(
      String name,
      String help,
      Function<ProbeResult, @Nullable F> fact,
      ToDoubleFunction<F> ratio) {
    return new ValueRow<>(
        ValueRow.gauge(new MetricMetadata(name, help), Labels.EMPTY),
        fact,
        (found, writer) -> writer.number(ratio.applyAsDouble(found)));
  }

  /** A gauge that is 1 where something is so and 0 where not, where the result holds the fact. */
  static <F> Row flag(
      String name, String help, Function<ProbeResult, @Nullable F> fact, Predicate<F> so) {
    return number(name, help, fact, found -> so.test(found) ? 1 : 0);
  }

  /** A time in seconds that every result has. */
  static Row seconds(String name, String help, ToLongFunction<ProbeResult> nanos) {
    return seconds(name, help, result -> result, nanos);
  }

  /** A flag that every result has. */
  static Row flag(String name, String help, Predicate<ProbeResult> so) {
    return flag(name, help, result -> result, so);
  }

  /**
   * An info metric, where the result holds the fact.
   *
   * @param name its name without {@code _info}, which the text formats add
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // only read
  static <F> Row info(
      String name,
      String help,
      Function<ProbeResult, @Nullable F> fact,
      InfoRow.Label<F>... labels) {
    return new InfoRow<>(new MetricMetadata(name, help), fact, List.of(labels));
  }

  /** A gauge of times in seconds with a label that tells them apart. */
  static Row seconds(
      String name,
      String help,
      String label,
      Function<ProbeResult, @Nullable SortedMap<String, Long>> nanos) {
    return new SeriesRow<>(
        gauge(name, help, label), nanos, List::of, (found, writer) -> writer.seconds(found));
  }

  /** A gauge of numbers of any kind with a label that tells them apart. */
  static Row numbers(
      String name,
      String help,
      String label,
      Function<ProbeResult, @Nullable SortedMap<String, Double>> numbers) {
    return new SeriesRow<>(
        gauge(name, help, label), numbers, List::of, (found, writer) -> writer.number(found));
  }

  private static MetricSnapshot gauge(String name, String help, String label) {
    return ValueRow.gauge(new MetricMetadata(name, help), Labels.of(label, Family.LABEL_HOLE));
  }

  /**
   * A counter, where the result holds the fact.
   *
   * @param name its name without {@code _total}, which the text formats add
   */
  static <F> Row counter(
      String name, String help, Function<ProbeResult, @Nullable F> fact, ToLongFunction<F> number) {
    return new ValueRow<>(
        ValueRow.counter(new MetricMetadata(name, help), Labels.EMPTY),
        fact,
        (found, writer) -> writer.whole(number.applyAsLong(found)));
  }

  /**
   * A counter of how connections that were held have ended.
   *
   * @param name its name without {@code _total}, which the text formats add
   */
  static Row disconnects(
      String name,
      String help,
      Function<ProbeResult, @Nullable SortedMap<Disconnect, Long>> disconnects) {
    Labels holes = Labels.of("code", Family.LABEL_HOLE, "reason", Family.LABEL_HOLE);
    return new SeriesRow<>(
        ValueRow.counter(new MetricMetadata(name, help), holes),
        disconnects,
        Disconnect::labels,
        (found, writer) -> writer.whole(found));
  }

  /** A histogram of round trips, where the result holds them. */
  static Row histogram(
      String name, String help, Function<ProbeResult, @Nullable RoundTripHistogram> fact) {
    return new HistogramRow(new MetricMetadata(name, help), fact);
  }

  /** A gauge of each phase that ran. */
  static Row phases(String name, String help) {
    return new PhasesRow(new MetricMetadata(name, help));
  }
}
