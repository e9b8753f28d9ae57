package io.github.websocketexporter.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import io.github.websocketexporter.metrics.Results;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.MessageFacts;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What a program reads of a probe. */
class JsonReportTest {
  private final JsonReport report = new JsonReport();

  private Config json(ProbeResult result) {
    return ConfigFactory.parseString(
        report.ended(result), ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
  }

  @Test
  void tellsAllThatAProbeFound() {
    Config json = json(Results.successOverTls());

    assertThat(json.getBoolean("success")).isTrue();
    assertThat(json.getString("target")).isEqualTo("wss://example.com:443/…");
    assertThat(json.getString("module")).isEqualTo("websocket_ping");
    assertThat(json.getString("address")).isEqualTo("192.0.2.1");
    assertThat(json.getDouble("duration_seconds")).isEqualTo(0.016);
    assertThat(json.getDouble("timeout_seconds")).isEqualTo(9.5);
    assertThat(json.getDouble("connection_duration_seconds")).isEqualTo(0.01525);
    assertThat(json.getConfigList("phases"))
        .extracting(phase -> phase.getString("phase") + phase.getDouble("duration_seconds"))
        .containsExactly("resolve0.001", "connect0.002", "tls0.004", "upgrade0.008", "ping5.0E-4");
    assertThat(json.getConfig("tcp").root().unwrapped())
        .isEqualTo(
            Map.of("rtt_seconds", 2.5E-4, "rtt_variance_seconds", 1.25E-4, "retransmits", 2));
    assertThat(json.getConfig("tls").root().unwrapped())
        .containsEntry("version", "TLS 1.3")
        .containsEntry("cipher", "TLS_AES_128_GCM_SHA256")
        .containsEntry("verified", true)
        .containsEntry("subject", "CN=node.test,O=Nodes")
        .containsEntry("earliest_cert_expiry_timestamp_seconds", 1_767_225_600);
    assertThat(json.getConfig("upgrade").root().unwrapped())
        .isEqualTo(
            Map.of("status_code", 101, "subprotocol", "chat", "extensions", "permessage-deflate"));
    assertThat(json.getDouble("pings.round_trip_seconds")).isEqualTo(5.0E-4);
    assertThat(json.getConfigList("pings.round_trips").get(0).root().unwrapped())
        .isEqualTo(
            Map.of("ping", 1, "seconds", 5.0E-4, "uncertainty_seconds", 1.5E-6, "clock", "kernel"));
    assertThat(json.hasPath("failure")).isFalse();
    assertThat(json.hasPath("messages")).isFalse();
  }

  @Test
  void tellsOfEachPing() {
    List<RoundTrip> roundTrips =
        List.of(
            new RoundTrip(1_000_000, 0, ArrivalClock.LOOP),
            new RoundTrip(3_000_000, 0, ArrivalClock.LOOP));
    report.ponged(2, roundTrips.get(1));
    report.ponged(1, roundTrips.get(0));

    Config pings =
        json(Results.builder().pings(PingStatistics.several(3, 1, roundTrips)).build(1, null))
            .getConfig("pings");

    assertThat(pings.getInt("sent")).isEqualTo(3);
    assertThat(pings.getInt("received")).isEqualTo(2);
    assertThat(pings.getInt("unmatched_pongs")).isEqualTo(1);
    assertThat(pings.getDouble("loss_ratio")).isEqualTo(1 / 3.0);
    assertThat(pings.getDouble("min_seconds")).isEqualTo(0.001);
    assertThat(pings.getDouble("mean_seconds")).isEqualTo(0.002);
    assertThat(pings.getDouble("max_seconds")).isEqualTo(0.003);
    assertThat(pings.getDouble("jitter_seconds")).isEqualTo(0.002);
    assertThat(pings.getConfigList("round_trips"))
        .extracting(each -> each.getInt("ping") + " " + each.getDouble("seconds"))
        .containsExactly("1 0.001", "2 0.003");
  }

  @Test
  void tellsWhatFailed() {
    Failure failure =
        new Failure(
            Phase.UPGRADE, FailureReason.CLOSED_BY_PEER, new Failure.Detail("close", "1001"));

    Config json = json(Results.builder().build(1, failure));

    assertThat(json.getBoolean("success")).isFalse();
    assertThat(json.getConfig("failure").root().unwrapped())
        .isEqualTo(
            Map.of(
                "phase", "upgrade",
                "reason", "closed_by_peer",
                "what", "the server closed the connection",
                "usual_cause", "a server that wants a message first, or that is shutting down",
                "details", Map.of("close", "1001")));
    assertThat(json.root().keySet())
        .containsExactlyInAnyOrder(
            "success",
            "target",
            "module",
            "duration_seconds",
            "timeout_seconds",
            "phases",
            "failure");
  }

  @Test
  void tellsOfMessages() {
    MessageFacts messages =
        new MessageFacts(
            "2 (login)",
            0,
            null,
            new TreeMap<>(Map.of("login", 2_000_000L)),
            new TreeMap<>(Map.of("height", 17.5)));

    assertThat(
            json(Results.builder().timings(PhaseTimings.NONE).messages(messages).build(1, null))
                .getConfig("messages")
                .root()
                .unwrapped())
        .isEqualTo(
            Map.of(
                "last_step", "2 (login)",
                "step_duration_seconds", Map.of("login", 0.002),
                "extracted_values", Map.of("height", 17.5)));
  }

  /** Or a program could not count on them. */
  @Test
  void hasTheKeysThatReadmeLists() throws IOException {
    PingStatistics pings =
        PingStatistics.several(
            3,
            0,
            List.of(
                new RoundTrip(1_000_000, 0, ArrivalClock.LOOP),
                new RoundTrip(3_000_000, 0, ArrivalClock.LOOP)));
    MessageFacts messages =
        new MessageFacts("1", 0, null, new TreeMap<>(Map.of("1", 1L)), new TreeMap<>());
    Failure failure = new Failure(Phase.PING, FailureReason.PONG_TIMEOUT);
    Set<String> keys = new TreeSet<>();
    collect(json(Results.successOverTls()).root(), keys);
    collect(json(Results.builder().pings(pings).messages(messages).build(1, failure)).root(), keys);

    String readme = Files.readString(Path.of(System.getProperty("basedir", "."), "../README.md"));
    int begin = readme.indexOf("| `target`, `module`, `success` |");
    Set<String> listed =
        Pattern.compile("`([a-z0-9_]+)(?:\\[])?`")
            .matcher(readme.substring(begin, readme.indexOf("\n\n", begin)))
            .results()
            .map(name -> name.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    listed.removeAll(Set.of("status", "close", "step", "mismatch"));
    assertThat(keys).isEqualTo(listed);
  }

  private static void collect(ConfigObject object, Set<String> keys) {
    object.forEach(
        (key, value) -> {
          keys.add(key);
          boolean free =
              Set.of("details", "extracted_values", "step_duration_seconds").contains(key);
          if (value instanceof ConfigObject inner && !free) {
            collect(inner, keys);
          } else if (value instanceof ConfigList list) {
            list.stream()
                .filter(ConfigObject.class::isInstance)
                .forEach(each -> collect((ConfigObject) each, keys));
          }
        });
  }

  @Test
  void showsNoSecret() {
    assertThat(report.ended(Results.successOverTls()))
        .endsWith("}\n")
        .doesNotContain(Results.SECRET);
  }
}
