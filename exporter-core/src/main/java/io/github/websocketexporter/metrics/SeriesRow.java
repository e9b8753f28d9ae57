package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.ProbeResult;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A gauge with one label whose values are names that the configuration gave.
 *
 * @param label the name of the label
 * @param series the values by those names, sorted as the text formats sort them; may be absent
 * @param value writes one of them
 */
record SeriesRow<V>(
    MetricMetadata metadata,
    String label,
    Function<ProbeResult, @Nullable SortedMap<String, V>> series,
    GaugeRow.Value<V> value)
    implements Row {

  @Override
  public MetricSnapshot sample() {
    Labels hole = Labels.of(label, Family.LABEL_HOLE);
    return new GaugeSnapshot(
        metadata, List.of(new GaugeDataPointSnapshot(Family.VALUE_HOLE, hole, null)));
  }

  @Override
  public void write(ProbeResult result, Family family, MetricWriter writer) throws IOException {
    SortedMap<String, V> found = series.apply(result);
    if (found == null || found.isEmpty()) {
      return;
    }
    writer.rendered(family.comments());
    for (Map.Entry<String, V> each : found.entrySet()) {
      writer.rendered(family.samples()[0]);
      writer.label(each.getKey());
      writer.rendered(family.samples()[1]);
      value.write(each.getValue(), writer);
    }
  }
}
