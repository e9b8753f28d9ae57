package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.ProbeResult;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A gauge or a counter without labels.
 *
 * @param value writes the value of the fact
 */
record ValueRow<F>(MetricSnapshot sample, Function<ProbeResult, @Nullable F> fact, Value<F> value)
    implements Row {

  /** Ends a sample with the value of a fact. */
  @FunctionalInterface
  interface Value<F> {
    void write(F fact, MetricWriter writer) throws IOException;
  }

  /** A gauge with a hole for its value, and {@code labels}. */
  static MetricSnapshot gauge(MetricMetadata metadata, Labels labels) {
    return new GaugeSnapshot(
        metadata, List.of(new GaugeDataPointSnapshot(Family.VALUE_HOLE, labels, null)));
  }

  /** A counter with a hole for its value, and {@code labels}. */
  static MetricSnapshot counter(MetricMetadata metadata, Labels labels) {
    return new CounterSnapshot(
        metadata, List.of(new CounterDataPointSnapshot(Family.VALUE_HOLE, labels, null, 0)));
  }

  @Override
  public MetricMetadata metadata() {
    return sample.getMetadata();
  }

  @Override
  public void write(ProbeResult result, Family family, MetricWriter writer) throws IOException {
    F found = fact.apply(result);
    if (found != null) {
      writer.rendered(family.comments());
      writer.rendered(family.samples()[0]);
      value.write(found, writer);
    }
  }
}
