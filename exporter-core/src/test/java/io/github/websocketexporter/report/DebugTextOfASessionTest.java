package io.github.websocketexporter.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Disconnect;
import io.github.websocketexporter.probe.DisconnectReason;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTripHistogram;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.probe.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@code debug=true} shows of a connection that is held. */
class DebugTextOfASessionTest {
  private LoadedConfig config;

  @BeforeEach
  void load() throws Exception {
    config = ConfigLoader.parse(null, new ConfigLoader.Flags()).read();
  }

  @Test
  void tellsWhatASessionHasComeTo() throws Exception {
    Map<Disconnect, Long> disconnects =
        Map.of(
            new Disconnect(DisconnectReason.CLOSED_BY_PEER, "1001"),
            2L,
            new Disconnect(DisconnectReason.PONG_TIMEOUT),
            1L);

    assertThat(page(disconnects, OptionalLong.of(3_600_250_000_000L)))
        .contains("\nTimeline, in milliseconds from the start of the connection\n")
        .contains(
            """

            connection  there for 3600250.000 ms
            session     4 connects, 86400 pings sent, 86392 answered, 2 of them late, 7 lost
            ended       pong_timeout: 1
            ended       closed_by_peer 1001: 2
            """)
        .contains("\nModule\n\"websocket_continuous\" {\n", "continuous=true");
  }

  @Test
  void tellsOfAConnectionThatIsNotThere() throws Exception {
    assertThat(page(Map.of(), OptionalLong.empty()))
        .contains("\nconnection  not there\nsession     4 connects, ")
        .doesNotContain("ended  ");
  }

  private String page(Map<Disconnect, Long> disconnects, OptionalLong age) throws Exception {
    ExporterConfig all = config.config();
    ProbeModule module = Objects.requireNonNull(all.modules().get("websocket_continuous"));
    ProbeRequest request =
        new ProbeRequest(Target.parse("ws://127.0.0.1:1/"), module, Duration.ofSeconds(10));
    ProbeResult plain = ProbeResult.builder(request).build(1_000_000, null);
    SessionFacts session =
        new SessionFacts(
            true,
            86_400,
            86_392,
            2,
            7,
            4,
            new TreeMap<>(disconnects),
            new RoundTripHistogram(List.of(Duration.ofSeconds(1))),
            age,
            OptionalLong.empty());
    ProbeResult held =
        new ProbeResult(
            request,
            plain.durationNanos(),
            plain.timings(),
            plain.address(),
            plain.tcp(),
            plain.tls(),
            plain.upgrade(),
            plain.connectionNanos(),
            plain.messages(),
            plain.pings(),
            session,
            plain.failure());
    return DebugText.of(held, config.text());
  }
}
