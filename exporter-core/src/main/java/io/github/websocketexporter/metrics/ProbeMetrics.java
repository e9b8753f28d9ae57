package io.github.websocketexporter.metrics;

import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one probe: a pure function of its result. {@link #ROWS} is the whole list; a new
 * metric is a row in it. No metric carries the target: the scraper labels it.
 */
public final class ProbeMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  /** One metric: null where the result does not hold the fact. */
  private interface Row {
    @Nullable MetricSnapshot of(ProbeResult result);
  }

  private static final List<Row> ROWS =
      List.of(
          // The first six are in every answer, zero where they were not reached.
          gauge(
              "probe_success",
              "Whether all that the module asks for held (1) or not (0).",
              result -> flag(result.success())),
          gauge(
              "probe_duration_seconds",
              "Time from the start of the probe to its answer.",
              result -> seconds(result.durationNanos())),
          gauge(
              "probe_websocket_up",
              "Whether the WebSocket connection was established: a valid 101 came.",
              result -> flag(result.connected())),
          gauge(
              "probe_websocket_connection_duration_seconds",
              "Time from the start of the probe to the valid 101: resolve, connect, tls and upgrade."
                  + " 0 if it did not come.",
              result -> seconds(result.connectionNanos().orElse(0))),
          gauge(
              "probe_websocket_ping_pong_success",
              "Whether the PONG that matches the PING came.",
              result -> flag(result.rttNanos().isPresent())),
          gauge(
              "probe_websocket_ping_pong_duration_seconds",
              "Time from handing the PING to the socket to the arrival of its PONG."
                  + " 0 if it did not come.",
              result -> seconds(result.rttNanos().orElse(0))),
          phaseDurations(
              "probe_websocket_duration_seconds",
              "Duration of each phase that ran; of the phase that failed, the time until it did."
                  + " resolve, connect and tls hold the exporter's own scheduling too."),
          new FailureInfo(
              "probe_failure",
              "The phase in which the probe failed, and the reason. Only on failure."),
          gauge(
              "probe_timeout_seconds",
              "The longest that this probe was allowed to take.",
              result -> seconds(result.request().limit().toNanos())),
          gauge(
              "probe_websocket_connection_upgraded",
              "The same as probe_websocket_up, under the name that blackbox_exporter has for it.",
              result -> flag(result.connected())),
          optional(
              "probe_websocket_status_code",
              "HTTP status that answered the upgrade request.",
              result ->
                  result.statusCode().isPresent() ? (double) result.statusCode().getAsInt() : null),
          gauge(
              "probe_websocket_ssl",
              "Whether the target is probed with TLS: wss (1) or ws (0).",
              result -> flag(result.request().target().secure())),
          optional(
              "probe_ip_protocol",
              "IP protocol of the address that was chosen: 4 or 6.",
              result ->
                  result.address() == null
                      ? null
                      : (double) AddressFamily.of(result.address()).version()),
          optional(
              "probe_dns_lookup_time_seconds",
              "The same as probe_websocket_duration_seconds of phase resolve, under the name that"
                  + " blackbox_exporter has for it.",
              result ->
                  result.timings().ran(Phase.RESOLVE)
                      ? (Double) seconds(result.timings().nanos(Phase.RESOLVE))
                      : null),
          pings("probe_websocket_pings_sent", "PINGs sent by this probe.", PingStatistics::sent),
          pings(
              "probe_websocket_pongs_received",
              "PONGs that carried the payload of one of this probe's PINGs.",
              PingStatistics::received),
          pings(
              "probe_websocket_unmatched_pongs",
              "PONGs that carried anything else.",
              PingStatistics::unmatched));

  private ProbeMetrics() {}

  /** The metrics of {@code result}. Pure; may be called on any thread. */
  public static MetricSnapshots of(ProbeResult result) {
    List<MetricSnapshot> snapshots = new ArrayList<>(ROWS.size());
    for (Row row : ROWS) {
      MetricSnapshot snapshot = row.of(result);
      if (snapshot != null) {
        snapshots.add(snapshot);
      }
    }
    return new MetricSnapshots(snapshots);
  }

  private static Row gauge(String name, String help, ToDoubleFunction<ProbeResult> value) {
    return optional(name, help, value::applyAsDouble);
  }

  private static Row pings(String name, String help, ToIntFunction<PingStatistics> count) {
    return optional(
        name,
        help,
        result -> result.pings() == null ? null : (double) count.applyAsInt(result.pings()));
  }

  private static Row optional(
      String name, String help, Function<ProbeResult, @Nullable Double> value) {
    MetricMetadata metadata = new MetricMetadata(name, help);
    return result -> {
      Double sample = value.apply(result);
      return sample == null
          ? null
          : new GaugeSnapshot(
              metadata, List.of(new GaugeDataPointSnapshot(sample, Labels.EMPTY, null)));
    };
  }

  private static Row phaseDurations(String name, String help) {
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
          double duration = seconds(result.timings().nanos(phase));
          samples.add(new GaugeDataPointSnapshot(duration, labels[phase.ordinal()], null));
        }
      }
      return samples.isEmpty() ? null : new GaugeSnapshot(metadata, samples);
    };
  }

  /** An info metric: its name in the text formats ends in {@code _info}. */
  private record FailureInfo(MetricMetadata metadata) implements Row {
    FailureInfo(String name, String help) {
      this(new MetricMetadata(name, help));
    }

    @Override
    public @Nullable MetricSnapshot of(ProbeResult result) {
      return result.failure() == null
          ? null
          : new InfoSnapshot(
              metadata,
              List.of(
                  new InfoDataPointSnapshot(
                      Labels.of(
                          "phase",
                          result.failure().phase().label(),
                          "reason",
                          result.failure().reason().label()))));
    }
  }

  private static double flag(boolean value) {
    return value ? 1 : 0;
  }

  private static double seconds(long nanos) {
    return nanos / NANOS_PER_SECOND;
  }
}
