package io.github.websocketexporter.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.transport.Transport;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The exporter's own metrics, after a probe of each kind: one succeeds, one fails, one is busy. */
@Timeout(60)
class SelfMetricsTest {
  private static final String OWN = "websocket_exporter_";
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\w+)");
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");
  private static final String OPEN_METRICS = "application/openmetrics-text;version=1.0.0";

  private static Instant beforeStart;
  private static RunningExporter exporter;
  private static String text;
  private static String openMetrics;

  @BeforeAll
  static void probeAndScrape() throws Exception {
    beforeStart = Instant.now();
    exporter = RunningExporter.with("probe.max-in-flight=1");
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignorePings);
        RawClient waiting = exporter.connect()) {
      exporter.get("/probe?target=" + exporter.ownWebSocket());
      exporter.get("/probe?target=ws://127.0.0.1:" + Ports.closed());
      exporter.get("/probe?module=none&target=" + exporter.ownWebSocket());
      waiting.sendGet("/probe?target=" + silent.ws("/"));
      silent.awaitRequest();
      assertThat(exporter.get("/probe?target=" + exporter.ownWebSocket()).status()).isEqualTo(503);
      text = exporter.get("/metrics").body();
      openMetrics = exporter.get("/metrics", "Accept: " + OPEN_METRICS).body();
    }
  }

  @AfterAll
  static void stop() {
    exporter.close();
  }

  @Test
  void areExactlyTheseFamiliesWithTheseTypesAndLabels() {
    assertThat(ownFamilies(text))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("build_info", "gauge javaversion revision version"),
                Map.entry("probes_total", "counter module"),
                Map.entry("probe_failures_total", "counter module phase reason"),
                Map.entry("probe_duration_seconds", "histogram module"),
                Map.entry("probes_in_flight", "gauge"),
                Map.entry("http_connections", "gauge"),
                Map.entry("session_pings_total", "counter"),
                Map.entry("session_reconnects_total", "counter"),
                Map.entry("session_disconnects_total", "counter reason"),
                Map.entry("sessions", "gauge"),
                Map.entry("probes_rejected_total", "counter reason"),
                Map.entry("event_loop_delay_seconds", "histogram"),
                Map.entry("ping_uncertainty_seconds", "histogram"),
                Map.entry("ping_clock_info", "gauge clock"),
                Map.entry("module_unknown_total", "counter"),
                Map.entry("config_last_reload_successful", "gauge"),
                Map.entry("config_last_reload_success_timestamp_seconds", "gauge")));
  }

  @Test
  void areTheSameInOpenMetricsWhereAnInfoIsOneAndTheSuffixIsTheSamplesOwn() {
    Map<String, String> expected = new TreeMap<>();
    ownFamilies(text)
        .forEach((name, kind) -> expected.put(name.replaceFirst("_(total|info)$", ""), kind));
    expected.put("build", "info javaversion revision version");
    expected.put("ping_clock", "info clock");

    assertThat(ownFamilies(openMetrics)).isEqualTo(expected);
    assertThat(openMetrics).endsWith("# EOF\n");
  }

  @Test
  void sayWhichClockIsInUse() {
    String clock = Transport.select(TransportKind.AUTO, ClockKind.AUTO).arrivals().clock().label();
    assertThat(value("ping_clock_info{clock=\"" + clock + "\"}")).isEqualTo(1);
  }

  @Test
  void countWhatTheExporterDid() {
    assertThat(value("probes_total{module=\"websocket_ping\"}")).isEqualTo(2);
    assertThat(
            value(
                "probe_failures_total{module=\"websocket_ping\",phase=\"connect\","
                    + "reason=\"connect_refused\"}"))
        .isEqualTo(1);
    assertThat(value("probe_duration_seconds_count{module=\"websocket_ping\"}")).isEqualTo(2);
    assertThat(value("ping_uncertainty_seconds_count")).isEqualTo(1);
    assertThat(value("probes_in_flight")).isEqualTo(1);
    assertThat(value("probes_rejected_total{reason=\"max_in_flight\"}")).isEqualTo(1);
    assertThat(value("module_unknown_total")).isEqualTo(1);
    assertThat(value("http_connections")).isPositive();
    assertThat(value("sessions")).isZero();
  }

  @Test
  void sayThatAndWhenTheConfigurationWasLoaded() {
    assertThat(value("config_last_reload_successful")).isEqualTo(1);
    assertThat(value("config_last_reload_success_timestamp_seconds"))
        .isBetween(
            beforeStart.minusMillis(1).toEpochMilli() / 1e3,
            beforeStart.plus(Duration.ofMinutes(1)).toEpochMilli() / 1e3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jvm_gc_collection_seconds summary gc",
        "jvm_memory_used_bytes gauge area",
        "jvm_memory_max_bytes gauge area",
        "jvm_memory_pool_used_bytes gauge pool",
        "jvm_threads_current gauge",
        "jvm_threads_state gauge state",
        "jvm_classes_currently_loaded gauge",
        "jvm_buffer_pool_used_bytes gauge pool",
        "jvm_runtime_info gauge runtime vendor version",
        "process_cpu_seconds_total counter",
        "process_open_fds gauge",
        "process_max_fds gauge",
        "process_start_time_seconds gauge"
      })
  void comeWithThoseOfTheJvmAndTheProcessThatDashboardsLeanOn(String family) {
    String[] nameAndKind = family.split(" ", 2);
    assertThat(families(text)).containsEntry(nameAndKind[0], nameAndKind[1]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"process_resident_memory_bytes", "process_virtual_memory_bytes"})
  void comeWithTheMemoryOfTheProcessOnLinux(String name) {
    assumeTrue("linux".equals(PlatformDependent.normalizedOs()));
    assertThat(families(text)).containsEntry(name, "gauge");
  }

  @Test
  void haveAHelpAndATypeForEachFamilyInBothFormats() {
    for (String exposition : Set.of(text, openMetrics)) {
      assertThat(exposition.getBytes(UTF_8)).hasSize(exposition.length());
      families(exposition)
          .keySet()
          .forEach(name -> assertThat(exposition).containsPattern("# HELP " + name + " [A-Z]"));
    }
  }

  private static double value(String sample) {
    return RunningExporter.value(text, OWN + sample);
  }

  private static Map<String, String> ownFamilies(String exposition) {
    Map<String, String> own = new TreeMap<>();
    families(exposition)
        .forEach(
            (name, kind) -> {
              if (name.startsWith(OWN)) {
                own.put(name.substring(OWN.length()), kind);
              }
            });
    return own;
  }

  /** Type and names of the labels of each family by its name; those of its buckets are left out. */
  private static Map<String, String> families(String exposition) {
    Map<String, String> families = new TreeMap<>();
    String family = "";
    String type = "";
    for (String line : exposition.split("\n")) {
      Matcher head = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (head.matches()) {
        family = head.group(1);
        type = head.group(2);
        assertThat(families).as("each family once").doesNotContainKey(family);
      } else if (!line.startsWith("#") && sample.matches()) {
        assertThat(sample.group(1)).as("a sample of the family above it").startsWith(family);
        Set<String> labels = new TreeSet<>();
        String list = sample.group(2) == null ? "" : sample.group(2);
        LABEL.matcher(list).results().forEach(label -> labels.add(label.group(1)));
        labels.remove("le");
        families.put(family, String.join(" ", type, String.join(" ", labels)).trim());
      }
    }
    return families;
  }
}
