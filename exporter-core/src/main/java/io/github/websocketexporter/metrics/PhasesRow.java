package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.ProbeResult;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A gauge of each phase that ran. */
record PhasesRow(MetricMetadata metadata) implements Row {
  /** As the text formats order them. */
  private static final List<Phase> PHASES =
      Stream.of(Phase.values()).sorted(Comparator.comparing(Phase::label)).toList();

  @Override
  public MetricSnapshot sample() {
    return new GaugeSnapshot(metadata, PHASES.stream().map(PhasesRow::sample).toList());
  }

  private static GaugeDataPointSnapshot sample(Phase phase) {
    return new GaugeDataPointSnapshot(Family.VALUE_HOLE, Labels.of("phase", phase.label()), null);
  }

  @Override
  public void write(ProbeResult result, Family family, MetricWriter writer) throws IOException {
    PhaseTimings timings = result.timings();
    boolean first = true;
    for (int i = 0; i < PHASES.size(); i++) {
      Phase phase = PHASES.get(i);
      if (timings.ran(phase)) {
        if (first) {
          writer.rendered(family.comments());
          first = false;
        }
        writer.rendered(family.samples()[i]);
        writer.seconds(timings.nanos(phase));
      }
    }
  }
}
