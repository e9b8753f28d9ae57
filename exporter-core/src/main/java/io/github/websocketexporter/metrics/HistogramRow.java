package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTripHistogram;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A histogram of round trips, whose buckets each result chooses. */
record HistogramRow(
    MetricMetadata metadata, Function<ProbeResult, @Nullable RoundTripHistogram> fact)
    implements Row {

  /** One bucket, from which all are written, the number of all, and their sum. */
  @Override
  public MetricSnapshot sample() {
    ClassicHistogramBuckets bucket =
        ClassicHistogramBuckets.of(
            new double[] {Family.VALUE_HOLE}, new long[] {Family.COUNT_HOLE});
    return new HistogramSnapshot(
        metadata,
        List.of(new HistogramDataPointSnapshot(bucket, Family.VALUE_HOLE, Labels.EMPTY, null, 0)));
  }

  @Override
  public void write(ProbeResult result, Family family, MetricWriter writer) throws IOException {
    RoundTripHistogram found = fact.apply(result);
    if (found == null) {
      return;
    }
    byte[][] samples = family.samples();
    writer.rendered(family.comments());
    List<Duration> bounds = found.bounds();
    long count = 0;
    for (int i = 0; i <= bounds.size(); i++) {
      count += found.count(i);
      writer.rendered(samples[0]);
      if (i < bounds.size()) {
        writer.bound(bounds.get(i).toNanos());
      } else {
        writer.noBound();
      }
      writer.rendered(samples[1]);
      writer.count(count);
    }
    writer.rendered(samples[2]);
    writer.count(count);
    writer.rendered(samples[3]);
    writer.seconds(found.sumNanos());
  }
}
