package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** One metric of a probe. */
@FunctionalInterface
interface Row {

  /** The metric of {@code result}; null where the result does not hold the fact. */
  @Nullable MetricSnapshot of(ProbeResult result);

  /** A gauge that every result has. */
  static Row gauge(String name, String help, ToDoubleFunction<ProbeResult> value) {
    return gauge(name, help, result -> result, value);
  }

  /** A gauge of a fact, where the result holds that. */
  static <F> Row gauge(
      String name,
      String help,
      Function<ProbeResult, @Nullable F> fact,
      ToDoubleFunction<F> value) {
    MetricMetadata metadata = new MetricMetadata(name, help);
    return result -> {
      F found = fact.apply(result);
      return found == null
          ? null
          : new GaugeSnapshot(
              metadata,
              List.of(new GaugeDataPointSnapshot(value.applyAsDouble(found), Labels.EMPTY, null)));
    };
  }

  /**
   * An info metric of a fact, where the result holds that.
   *
   * @param name its name without {@code _info}, which the text formats add
   */
  static <F> Row info(
      String name,
      String help,
      Function<ProbeResult, @Nullable F> fact,
      Function<F, Labels> labels) {
    MetricMetadata metadata = new MetricMetadata(name, help);
    return result -> {
      F found = fact.apply(result);
      return found == null
          ? null
          : new InfoSnapshot(metadata, List.of(new InfoDataPointSnapshot(labels.apply(found))));
    };
  }

  /** A gauge of each phase that ran. */
  static Row phases(String name, String help, ToDoubleFunction<Long> value) {
    MetricMetadata metadata = new MetricMetadata(name, help);
    Phase[] phases = Phase.values();
    Labels[] labels = new Labels[phases.length];
    for (Phase phase : phases) {
      labels[phase.ordinal()] = Labels.of("phase", phase.label());
    }
    return result -> {
      List<GaugeDataPointSnapshot> samples = new ArrayList<>(phases.length);
      for (Phase phase : phases) {
        if (result.timings().ran(phase)) {
          double duration = value.applyAsDouble(result.timings().nanos(phase));
          samples.add(new GaugeDataPointSnapshot(duration, labels[phase.ordinal()], null));
        }
      }
      return samples.isEmpty() ? null : new GaugeSnapshot(metadata, samples);
    };
  }
}
