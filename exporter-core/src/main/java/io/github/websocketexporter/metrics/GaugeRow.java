package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.ProbeResult;
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
 * A gauge without labels.
 *
 * @param value writes the value of the fact
 */
record GaugeRow<F>(MetricMetadata metadata, Function<ProbeResult, @Nullable F> fact, Value<F> value)
    implements Row {

  /** Ends a sample with the value of a fact. */
  @FunctionalInterface
  interface Value<F> {
    void write(F fact, MetricWriter writer) throws IOException;
  }

  @Override
  public MetricSnapshot sample() {
    return new GaugeSnapshot(
        metadata, List.of(new GaugeDataPointSnapshot(Family.VALUE_HOLE, Labels.EMPTY, null)));
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
