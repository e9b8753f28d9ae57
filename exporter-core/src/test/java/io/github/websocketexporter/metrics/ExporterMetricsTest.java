package io.github.websocketexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.DisconnectReason;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ListAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExporterMetricsTest {
  private final ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1.2.3", "abcdef0"));

  @Test
  void beginsAtZeroWithoutAnyModule() {
    assertThatOwnSamples()
        .containsExactly(
            buildInfo(),
            "websocket_exporter_config_last_reload_success_timestamp_seconds 0.0",
            "websocket_exporter_config_last_reload_successful 0.0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"1.0E-4\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"2.5E-4\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"5.0E-4\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.001\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.0025\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.005\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.01\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.025\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.05\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.1\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.25\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"0.5\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"1.0\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"2.5\"} 0",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"+Inf\"} 0",
            "websocket_exporter_event_loop_delay_seconds_count 0",
            "websocket_exporter_event_loop_delay_seconds_sum 0.0",
            "websocket_exporter_http_connections 0.0",
            "websocket_exporter_module_unknown_total 0.0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"1.0E-6\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"1.0E-5\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"2.5E-5\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"5.0E-5\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"1.0E-4\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"2.5E-4\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"5.0E-4\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"0.001\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"0.01\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"0.1\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"1.0\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_bucket{le=\"+Inf\"} 0",
            "websocket_exporter_ping_uncertainty_seconds_count 0",
            "websocket_exporter_ping_uncertainty_seconds_sum 0.0",
            "websocket_exporter_probes_in_flight 0.0",
            "websocket_exporter_probes_rejected_total{reason=\"event_loop_delay\"} 0.0",
            "websocket_exporter_probes_rejected_total{reason=\"max_connections\"} 0.0",
            "websocket_exporter_probes_rejected_total{reason=\"max_in_flight\"} 0.0",
            "websocket_exporter_probes_rejected_total{reason=\"max_sessions\"} 0.0",
            "websocket_exporter_probes_rejected_total{reason=\"no_local_port\"} 0.0",
            "websocket_exporter_probes_rejected_total{reason=\"starting\"} 0.0",
            "websocket_exporter_probes_rejected_total{reason=\"too_many_open_files\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"closed_by_peer\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"connection_reset\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"internal_error\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"lease_ended\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"max_age\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"module_changed\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"pong_timeout\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"protocol_violation\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"shutdown\"} 0.0",
            "websocket_exporter_session_disconnects_total{reason=\"too_large\"} 0.0",
            "websocket_exporter_session_pings_total 0.0",
            "websocket_exporter_session_reconnects_total 0.0",
            "websocket_exporter_sessions 0.0");
  }

  @Test
  void countsASuccessByModuleAndNoFailure() {
    metrics.probeStarted();
    metrics.probeEnded(Results.successOverTls());

    assertThatOwnSamples()
        .contains(
            "websocket_exporter_probes_total{module=\"websocket_ping\"} 1.0",
            "websocket_exporter_probe_duration_seconds_count{module=\"websocket_ping\"} 1",
            "websocket_exporter_probe_duration_seconds_sum{module=\"websocket_ping\"} 0.016")
        .noneMatch(line -> line.startsWith("websocket_exporter_probe_failures_total"));
  }

  @Test
  void countsAFailureByModulePhaseAndReasonToo() {
    for (int i = 0; i < 2; i++) {
      metrics.probeStarted();
      metrics.probeEnded(Results.failure(Phase.CONNECT, FailureReason.CONNECT_REFUSED));
    }
    metrics.probeStarted();
    metrics.probeEnded(Results.failure(Phase.PING, FailureReason.PONG_TIMEOUT));

    assertThatOwnSamples()
        .contains("websocket_exporter_probes_total{module=\"websocket_ping\"} 3.0")
        .filteredOn(line -> line.startsWith("websocket_exporter_probe_failures_total"))
        .containsExactly(
            "websocket_exporter_probe_failures_total"
                + "{module=\"websocket_ping\",phase=\"connect\",reason=\"connect_refused\"} 2.0",
            "websocket_exporter_probe_failures_total"
                + "{module=\"websocket_ping\",phase=\"ping\",reason=\"pong_timeout\"} 1.0");
  }

  @Test
  void keepsModulesApart() {
    metrics.probeStarted();
    metrics.probeEnded(Results.successOverTls());
    metrics.probeStarted();
    metrics.probeEnded(
        ProbeResult.builder(Results.request("ws://example.com/c4n4ry", "patient"))
            .build(1_000_000, new Failure(Phase.RESOLVE, FailureReason.DNS_NOT_FOUND)));

    assertThatOwnSamples()
        .contains(
            "websocket_exporter_probes_total{module=\"patient\"} 1.0",
            "websocket_exporter_probes_total{module=\"websocket_ping\"} 1.0",
            "websocket_exporter_probe_failures_total"
                + "{module=\"patient\",phase=\"resolve\",reason=\"dns_not_found\"} 1.0",
            "websocket_exporter_probe_duration_seconds_sum{module=\"patient\"} 0.001",
            "websocket_exporter_probe_duration_seconds_sum{module=\"websocket_ping\"} 0.016")
        .noneMatch(
            line ->
                line.startsWith("websocket_exporter_probe_failures_total{module=\"websocket_ping"));
  }

  @Test
  void putsTheDurationIntoTheBucketsFromItsOwnOnwards() {
    metrics.probeStarted();
    metrics.probeEnded(Results.successOverTls());

    assertThatOwnSamples()
        .filteredOn(line -> line.startsWith("websocket_exporter_probe_duration_seconds_bucket"))
        .map(line -> line.replaceFirst(".*le=\"(.*)\"\\} ", "$1: "))
        .containsExactly(
            "0.001: 0",
            "0.0025: 0",
            "0.005: 0",
            "0.01: 0",
            "0.025: 1",
            "0.05: 1",
            "0.1: 1",
            "0.25: 1",
            "0.5: 1",
            "1.0: 1",
            "2.5: 1",
            "5.0: 1",
            "10.0: 1",
            "30.0: 1",
            "60.0: 1",
            "+Inf: 1");
  }

  @Test
  void putsTheUncertaintyOfARoundTripIntoTheBucketsFromItsOwnOnwards() {
    ended(PingStatistics.single(0, roundTrip(1_000)), null);
    ended(PingStatistics.single(0, roundTrip(1_001)), null);
    ended(PingStatistics.single(0, roundTrip(400_000_000)), null);
    ended(PingStatistics.single(0, roundTrip(1_500_000_000)), null);

    assertThatUncertainties()
        .containsExactly(
            "bucket{le=\"1.0E-6\"} 1",
            "bucket{le=\"1.0E-5\"} 2",
            "bucket{le=\"2.5E-5\"} 2",
            "bucket{le=\"5.0E-5\"} 2",
            "bucket{le=\"1.0E-4\"} 2",
            "bucket{le=\"2.5E-4\"} 2",
            "bucket{le=\"5.0E-4\"} 2",
            "bucket{le=\"0.001\"} 2",
            "bucket{le=\"0.01\"} 2",
            "bucket{le=\"0.1\"} 2",
            "bucket{le=\"1.0\"} 3",
            "bucket{le=\"+Inf\"} 4",
            "count 4",
            "sum 1.900002001");
  }

  @Test
  void observesNoUncertaintyWithoutARoundTrip() {
    ended(null, null);
    ended(null, new Failure(Phase.UPGRADE, FailureReason.UPGRADE_STATUS));
    ended(PingStatistics.single(2, null), new Failure(Phase.PING, FailureReason.PONG_TIMEOUT));

    assertThatUncertainties().contains("count 0", "sum 0.0", "bucket{le=\"+Inf\"} 0");
  }

  @Test
  void observesTheUncertaintyOfARoundTripOfAProbeThatFailedAfterIt() {
    ended(
        PingStatistics.single(0, roundTrip(2_000)),
        new Failure(Phase.PING, FailureReason.INTERNAL_ERROR));

    assertThatUncertainties().contains("count 1", "sum 2.0E-6");
  }

  @Test
  void observesTheUncertaintyOfASessionWithEachPongAndNotWithItsProbes() {
    metrics.sessionPonged(roundTrip(2_000));
    metrics.sessionPonged(roundTrip(2_000));
    metrics.probeStarted();
    metrics.probeEnded(Results.held(Results.successOverTls(), Results.NEW_SESSION));

    assertThatUncertainties().contains("count 2", "sum 4.0E-6");
    assertThatOwnSamples()
        .contains("websocket_exporter_probes_total{module=\"websocket_ping\"} 1.0");
  }

  @Test
  void showsTheSessionsThatThereAre() {
    metrics.sessionOpened();
    metrics.sessionOpened();
    metrics.sessionClosed();

    assertThatOwnSamples().contains("websocket_exporter_sessions 1.0");
  }

  @Test
  void countsWhatSessionsDo() {
    metrics.sessionPinged();
    metrics.sessionPinged();
    metrics.sessionPinged();
    metrics.sessionDisconnected(DisconnectReason.CLOSED_BY_PEER);
    metrics.sessionReconnects();
    metrics.sessionReconnects();

    assertThatOwnSamples()
        .contains(
            "websocket_exporter_session_pings_total 3.0",
            "websocket_exporter_session_disconnects_total{reason=\"closed_by_peer\"} 1.0",
            "websocket_exporter_session_disconnects_total{reason=\"shutdown\"} 0.0",
            "websocket_exporter_session_reconnects_total 2.0");
  }

  @Test
  void showsTheProbesThatRunAndNoneOnceAllHaveEnded() {
    metrics.probeStarted();
    metrics.probeStarted();
    assertThatOwnSamples()
        .contains("websocket_exporter_probes_in_flight 2.0")
        .noneMatch(line -> line.startsWith("websocket_exporter_probes_total"));

    metrics.probeEnded(Results.successOverTls());
    assertThatOwnSamples().contains("websocket_exporter_probes_in_flight 1.0");

    metrics.probeEnded(Results.failure(Phase.TLS, FailureReason.CANCELLED));
    assertThatOwnSamples().contains("websocket_exporter_probes_in_flight 0.0");
  }

  @Test
  void countsARejectionAndNoProbe() {
    metrics.probeRejected(RejectionReason.MAX_IN_FLIGHT);

    assertThatOwnSamples()
        .contains(
            "websocket_exporter_probes_rejected_total{reason=\"max_in_flight\"} 1.0",
            "websocket_exporter_probes_in_flight 0.0")
        .noneMatch(line -> line.startsWith("websocket_exporter_probes_total"));
  }

  @Test
  void countsAnUnknownModuleWithoutNamingIt() {
    metrics.moduleUnknown();
    metrics.moduleUnknown();

    assertThatOwnSamples()
        .contains("websocket_exporter_module_unknown_total 2.0")
        .noneMatch(line -> line.startsWith("websocket_exporter_probes_total"));
  }

  @Test
  void showsTheConnectionsThatAreOpen() {
    metrics.connectionOpened();
    metrics.connectionOpened();
    metrics.connectionClosed();
    assertThatOwnSamples().contains("websocket_exporter_http_connections 1.0");

    metrics.connectionClosed();
    assertThatOwnSamples().contains("websocket_exporter_http_connections 0.0");
  }

  @Test
  void saysThatAndWhenTheConfigurationWasLoaded() {
    metrics.configLoaded(Instant.parse("2026-11-23T03:00:00.500Z"));

    assertThatOwnSamples()
        .contains(
            "websocket_exporter_config_last_reload_successful 1.0",
            "websocket_exporter_config_last_reload_success_timestamp_seconds 1.7954028005E9");
  }

  @Test
  void saysThatAConfigurationWasNotLoadedAndWhenOneLastWas() {
    metrics.configLoaded(Instant.parse("2026-11-23T03:00:00.500Z"));
    metrics.configFailed();

    assertThatOwnSamples()
        .contains(
            "websocket_exporter_config_last_reload_successful 0.0",
            "websocket_exporter_config_last_reload_success_timestamp_seconds 1.7954028005E9");
  }

  @Test
  void putsTheDelayOfALoopIntoTheBucketsFromItsOwnOnwards() {
    metrics.loopDelayed(0);
    metrics.loopDelayed(100_000);
    metrics.loopDelayed(1_500_000_000);

    assertThatOwnSamples()
        .contains(
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"1.0E-4\"} 2",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"1.0\"} 2",
            "websocket_exporter_event_loop_delay_seconds_bucket{le=\"2.5\"} 3",
            "websocket_exporter_event_loop_delay_seconds_count 3",
            "websocket_exporter_event_loop_delay_seconds_sum 1.5001");
  }

  @Test
  void sharesNothingWithAnotherInstance() {
    new ExporterMetrics(new BuildInfo("9", "9")).moduleUnknown();

    assertThatOwnSamples().contains(buildInfo(), "websocket_exporter_module_unknown_total 0.0");
  }

  @ParameterizedTest(name = "{0} is a {1}")
  @CsvSource({
    "websocket_exporter_build_info, gauge",
    "websocket_exporter_probes_total, counter",
    "websocket_exporter_probe_failures_total, counter",
    "websocket_exporter_probe_duration_seconds, histogram",
    "websocket_exporter_ping_uncertainty_seconds, histogram",
    "websocket_exporter_probes_in_flight, gauge",
    "websocket_exporter_http_connections, gauge",
    "websocket_exporter_probes_rejected_total, counter",
    "websocket_exporter_module_unknown_total, counter",
    "websocket_exporter_event_loop_delay_seconds, histogram",
    "websocket_exporter_sessions, gauge",
    "websocket_exporter_session_pings_total, counter",
    "websocket_exporter_session_reconnects_total, counter",
    "websocket_exporter_session_disconnects_total, counter",
    "websocket_exporter_ping_clock_info, gauge",
    "websocket_exporter_config_last_reload_successful, gauge",
    "websocket_exporter_config_last_reload_success_timestamp_seconds, gauge"
  })
  void hasAHelpAndATypeForEachOfItsOwn(String name, String type) {
    metrics.clockChosen(ArrivalClock.LOOP);
    metrics.probeStarted();
    metrics.probeEnded(Results.failure(Phase.PING, FailureReason.PONG_TIMEOUT));

    assertThat(Results.text(metrics.snapshots()).lines())
        .contains("# TYPE " + name + " " + type)
        .anyMatch(line -> line.matches("# HELP " + name + " [A-Z].*\\."));
  }

  @Test
  void writesBuildInfoAsAnInfoInOpenMetrics() {
    assertThat(Results.openMetrics(metrics.snapshots()).lines())
        .contains("# TYPE websocket_exporter_build info", buildInfo())
        .doesNotContain("# TYPE websocket_exporter_build_info gauge");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "jvm_buffer_pool_used_bytes",
    "jvm_classes_currently_loaded",
    "jvm_gc_collection_seconds_count",
    "jvm_memory_committed_bytes",
    "jvm_memory_max_bytes",
    "jvm_memory_pool_used_bytes",
    "jvm_memory_used_bytes",
    "jvm_runtime_info",
    "jvm_threads_current",
    "jvm_threads_daemon",
    "jvm_threads_peak",
    "jvm_threads_state",
    "process_cpu_seconds_total",
    "process_max_fds",
    "process_open_fds",
    "process_start_time_seconds"
  })
  void holdsTheMetricsOfTheJvmAndTheProcessOnceEach(String name) {
    assertThat(Results.text(metrics.snapshots()).lines())
        .filteredOn(line -> line.startsWith("# TYPE " + name.replaceFirst("_count$", "") + " "))
        .hasSize(1);
    assertThat(Results.samples(metrics.snapshots()))
        .anyMatch(line -> line.startsWith(name + " ") || line.startsWith(name + "{"));
  }

  @Test
  void doesNotLookForDeadlocksForTheJvmStandsStillMeanwhile() {
    assertThat(Results.text(metrics.snapshots())).doesNotContain("deadlocked");
  }

  @Test
  void carriesNothingOfATarget() {
    metrics.probeStarted();
    metrics.probeEnded(Results.successOverTls());
    metrics.probeStarted();
    metrics.probeEnded(Results.failure(Phase.PING, FailureReason.PONG_TIMEOUT));

    assertThat(Results.text(metrics.snapshots())).doesNotContain(Results.SECRET, "example.com");
  }

  private void ended(@Nullable PingStatistics pings, @Nullable Failure failure) {
    ProbeResult.Builder result = Results.builder();
    if (pings != null) {
      result.pings(pings);
    }
    metrics.probeStarted();
    metrics.probeEnded(result.build(3_000_000, failure));
  }

  private static RoundTrip roundTrip(long uncertaintyNanos) {
    return new RoundTrip(2_000_000_000, uncertaintyNanos, ArrivalClock.LOOP);
  }

  private ListAssert<String> assertThatUncertainties() {
    String prefix = "websocket_exporter_ping_uncertainty_seconds_";
    return assertThat(
        Results.samples(metrics.snapshots()).stream()
            .filter(line -> line.startsWith(prefix))
            .map(line -> line.substring(prefix.length()))
            .toList());
  }

  private ListAssert<String> assertThatOwnSamples() {
    List<String> own =
        Results.samples(metrics.snapshots()).stream()
            .filter(line -> line.startsWith("websocket_exporter_"))
            .toList();
    return assertThat(own);
  }

  private static String buildInfo() {
    return "websocket_exporter_build_info{javaversion=\"%s\",revision=\"abcdef0\",version=\"1.2.3\"} 1"
        .formatted(Runtime.version());
  }
}
