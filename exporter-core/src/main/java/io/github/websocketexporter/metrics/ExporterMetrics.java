package io.github.websocketexporter.metrics;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.DisconnectReason;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The exporter's own metrics, in a registry of their own. Safe for use by several threads; every
 * method is cheap enough for an event loop, except {@link #snapshots()}.
 */
public final class ExporterMetrics {
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter probes =
      Counter.builder()
          .name("websocket_exporter_probes_total")
          .help("Probes that came to a result, by module.")
          .labelNames("module")
          .register(registry);
  private final Counter failures =
      Counter.builder()
          .name("websocket_exporter_probe_failures_total")
          .help("Probes that failed, by module, phase and reason.")
          .labelNames("module", "phase", "reason")
          .register(registry);
  private final Histogram durations =
      Histogram.builder()
          .name("websocket_exporter_probe_duration_seconds")
          .help("Time from the start of a probe to its result, by module.")
          .labelNames("module")
          .classicOnly()
          .classicUpperBounds(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60)
          .register(registry);
  private final Histogram uncertainties =
      Histogram.builder()
          .name("websocket_exporter_ping_uncertainty_seconds")
          .help(
              "How much of a reported round trip may be the exporter's own delay,"
                  + " as far as it can see it.")
          .classicOnly()
          .classicUpperBounds(1e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, .001, .01, .1, 1)
          .register(registry);
  private final Gauge inFlight =
      Gauge.builder()
          .name("websocket_exporter_probes_in_flight")
          .help("Probes that are running.")
          .register(registry);
  private final Counter rejections =
      Counter.builder()
          .name("websocket_exporter_probes_rejected_total")
          .help("Probes that were turned away with a 503, by reason.")
          .labelNames("reason")
          .register(registry);
  private final Counter unknownModules =
      Counter.builder()
          .name("websocket_exporter_module_unknown_total")
          .help("Requests for a probe with a module that the configuration does not have.")
          .register(registry);
  private final Gauge connections =
      Gauge.builder()
          .name("websocket_exporter_http_connections")
          .help("Open connections to the exporter's own HTTP server.")
          .register(registry);

  private final Gauge sessions =
      Gauge.builder()
          .name("websocket_exporter_sessions")
          .help("Sessions: targets whose connection is held, or made again, and pinged.")
          .register(registry);
  private final Counter sessionPings =
      Counter.builder()
          .name("websocket_exporter_session_pings_total")
          .help("PINGs that sessions sent, or messages in their place.")
          .register(registry);
  private final Counter sessionReconnects =
      Counter.builder()
          .name("websocket_exporter_session_reconnects_total")
          .help("Attempts of sessions to make a connection again that had ended.")
          .register(registry);
  private final Counter sessionDisconnects =
      Counter.builder()
          .name("websocket_exporter_session_disconnects_total")
          .help("Connections of sessions that ended, by reason.")
          .labelNames("reason")
          .register(registry);
  private final Histogram loopDelays =
      Histogram.builder()
          .name("websocket_exporter_event_loop_delay_seconds")
          .help(
              "By how much an event loop ran late what was due, sampled ten times a second; where"
                  + " it stood still, also for each moment that it missed.")
          .classicOnly()
          .classicUpperBounds(
              1e-4, 2.5e-4, 5e-4, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5)
          .register(registry);
  private final Gauge configLoaded =
      Gauge.builder()
          .name("websocket_exporter_config_last_reload_successful")
          .help("Whether the configuration was valid when it was last loaded.")
          .register(registry);
  private final Gauge configLoadedAt =
      Gauge.builder()
          .name("websocket_exporter_config_last_reload_success_timestamp_seconds")
          .help("When a valid configuration was last loaded, in unix time.")
          .register(registry);
  private final Info clock =
      Info.builder()
          .name("websocket_exporter_ping_clock_info")
          .help("What stamps the arrival of PONGs wherever it can; the value is always 1.")
          .labelNames("clock")
          .register(registry);
  private final Map<String, ModuleMetrics> byModule = new ConcurrentHashMap<>();
  private @Nullable PlatformMetrics platform;

  /** What each probe of a module counts in: looked up once, for that is dear. */
  private record ModuleMetrics(CounterDataPoint probes, DistributionDataPoint durations) {}

  /** Registers everything but the metrics of the JVM and the process. */
  public ExporterMetrics(BuildInfo build) {
    Info.builder()
        .name("websocket_exporter_build_info")
        .help("What this exporter was built from and runs on; the value is always 1.")
        .labelNames("version", "revision", "javaversion")
        .register(registry)
        .addLabelValues(build.version(), build.revision(), build.javaVersion());
    for (RejectionReason reason : RejectionReason.values()) {
      rejections.initLabelValues(reason.label());
    }
    for (DisconnectReason reason : DisconnectReason.values()) {
      sessionDisconnects.initLabelValues(reason.label());
    }
  }

  /** Notes what stamps the arrival of PONGs. */
  public void clockChosen(ArrivalClock chosen) {
    clock.setLabelValues(chosen.label());
  }

  /** Notes that a probe started. */
  public void probeStarted() {
    inFlight.inc();
  }

  /** Takes back that a probe has started: a bug kept it from that. */
  public void probeNotStarted() {
    inFlight.dec();
  }

  /**
   * Notes that a probe came to {@code result}. Where that is of a session, each of its round trips
   * has been noted already: see {@link #sessionPonged}.
   */
  public void probeEnded(ProbeResult result) {
    String module = result.request().module().name();
    inFlight.dec();
    ModuleMetrics own = byModule.computeIfAbsent(module, this::ofModule);
    own.probes().inc();
    own.durations().observe(result.durationNanos() / 1e9);
    RoundTrip roundTrip = result.session() == null ? result.roundTrip() : null;
    if (roundTrip != null) {
      measured(roundTrip);
    }
    Failure failure = result.failure();
    if (failure != null) {
      failures.labelValues(module, failure.phase().label(), failure.reason().label()).inc();
    }
  }

  private void measured(RoundTrip roundTrip) {
    uncertainties.observe(roundTrip.uncertaintyNanos() / 1e9);
  }

  private ModuleMetrics ofModule(String module) {
    return new ModuleMetrics(probes.labelValues(module), durations.labelValues(module));
  }

  /** Notes that a request for a probe was turned away. */
  public void probeRejected(RejectionReason reason) {
    rejections.labelValues(reason.label()).inc();
  }

  /** Notes that a request named a module that does not exist. */
  public void moduleUnknown() {
    unknownModules.inc();
  }

  /** Notes that a connection to the HTTP server was opened. */
  public void connectionOpened() {
    connections.inc();
  }

  /** Notes that a connection to the HTTP server was closed. */
  public void connectionClosed() {
    connections.dec();
  }

  /** Notes that a session began. */
  public void sessionOpened() {
    sessions.inc();
  }

  /** Notes that a session is over. */
  public void sessionClosed() {
    sessions.dec();
  }

  /** Notes that a session tries to make a connection again that had ended. */
  public void sessionReconnects() {
    sessionReconnects.inc();
  }

  /** Notes that a session sent a PING, or a message in its place. */
  public void sessionPinged() {
    sessionPings.inc();
  }

  /** Notes that a session measured {@code roundTrip}. */
  public void sessionPonged(RoundTrip roundTrip) {
    measured(roundTrip);
  }

  /** Notes that the connection of a session ended. */
  public void sessionDisconnected(DisconnectReason reason) {
    sessionDisconnects.labelValues(reason.label()).inc();
  }

  /** Notes that an event loop ran what was due {@code nanos} late. */
  public void loopDelayed(long nanos) {
    loopDelays.observe(nanos / 1e9);
  }

  /** Notes that a valid configuration was loaded at {@code time}. */
  public void configLoaded(Instant time) {
    configLoaded.set(1);
    configLoadedAt.set(time.toEpochMilli() / 1e3);
  }

  /** Notes that a configuration was not valid, or not all of what it needs could be made. */
  public void configFailed() {
    configLoaded.set(0);
  }

  /**
   * Registers the metrics of the JVM and the process, if they are not yet. Takes longer than all of
   * the rest of a start, for it starts the JVM's beans: not for an event loop.
   */
  public void watchPlatform() {
    platform();
  }

  /**
   * All of the above as they are now. Reads the JVM's beans, after {@link #watchPlatform}: not for
   * an event loop.
   */
  public MetricSnapshots snapshots() {
    PlatformMetrics watched = platform();
    return new MetricSnapshots(
        Stream.concat(registry.scrape().stream(), watched.snapshots()).toList());
  }

  private synchronized PlatformMetrics platform() {
    if (platform == null) {
      platform = new PlatformMetrics(registry);
    }
    return platform;
  }
}
