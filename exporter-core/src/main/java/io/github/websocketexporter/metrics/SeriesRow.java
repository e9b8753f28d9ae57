package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.ProbeResult;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A gauge or a counter whose series are told apart by labels.
 *
 * @param series the values, sorted as the text formats sort their labels; may be absent
 * @param labels the values of the labels, in the order that the text formats have
 * @param value writes one of the values
 */
record SeriesRow<K, V>(
    MetricSnapshot sample,
    Function<ProbeResult, @Nullable SortedMap<K, V>> series,
    Function<K, List<String>> labels,
    ValueRow.Value<V> value)
    implements Row {

  @Override
  public MetricMetadata metadata() {
    return sample.getMetadata();
  }

  @Override
  public void write(ProbeResult result, Family family, MetricWriter writer) throws IOException {
    SortedMap<K, V> found = series.apply(result);
    if (found == null || found.isEmpty()) {
      return;
    }
    writer.rendered(family.comments());
    for (Map.Entry<K, V> each : found.entrySet()) {
      List<String> texts = labels.apply(each.getKey());
      for (int i = 0; i < texts.size(); i++) {
        writer.rendered(family.samples()[i]);
        writer.label(texts.get(i));
      }
      writer.rendered(family.samples()[texts.size()]);
      value.write(each.getValue(), writer);
    }
  }
}
