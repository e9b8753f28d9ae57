package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.ProbeResult;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An info metric: its value is always 1, and what it says is in its labels.
 *
 * @param labels as the text formats order them
 */
record InfoRow<F>(
    MetricMetadata metadata, Function<ProbeResult, @Nullable F> fact, List<Label<F>> labels)
    implements Row {

  /**
   * A label.
   *
   * @param value its value, null for an empty one; may be a peer's text of any kind
   */
  record Label<F>(String name, Function<F, @Nullable String> value) {}

  InfoRow {
    labels = labels.stream().sorted(Comparator.comparing(Label::name)).toList();
  }

  @Override
  public MetricSnapshot sample() {
    Labels.Builder holes = Labels.builder();
    labels.forEach(label -> holes.label(label.name(), Family.LABEL_HOLE));
    return new InfoSnapshot(metadata, List.of(new InfoDataPointSnapshot(holes.build())));
  }

  @Override
  public void write(ProbeResult result, Family family, MetricWriter writer) throws IOException {
    F found = fact.apply(result);
    if (found != null) {
      writer.rendered(family.comments());
      for (int i = 0; i < labels.size(); i++) {
        writer.rendered(family.samples()[i]);
        writer.label(labels.get(i).value().apply(found));
      }
      writer.rendered(family.samples()[labels.size()]);
    }
  }
}
