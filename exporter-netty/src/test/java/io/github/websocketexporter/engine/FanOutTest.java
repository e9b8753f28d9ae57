package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.CrowdServer.Conduct;
import io.github.websocketexporter.engine.CrowdServer.Visit;
import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A thousand probes in flight at once on one event loop. */
class FanOutTest extends EngineTest {
  private static final int PROBES = 1_000;

  /** Of the probes that wait for it: long enough to get all of them under way before. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  FanOutTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void givesEachOfAThousandProbesTheRoundTripOfItsOwnPing() throws Exception {
    try (CrowdServer server = CrowdServer.answeringOnce(PROBES)) {
      List<String> paths = IntStream.range(0, PROBES).mapToObj(i -> path(Conduct.GOOD, i)).toList();
      Map<String, ProbeRequest> requests = requests(server, paths);
      Map<String, Running> running = start(requests);

      running.forEach(
          (path, probe) -> {
            ProbeResult result = probe.result();
            assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
            assertThat(result.request()).isSameAs(requests.get(path));
            assertThat(result.durationNanos()).isLessThan(AMPLE.toNanos() / 2);
            Visit visit = server.visit(path);
            assertThat(requireNonNull(result.roundTrip()).nanos())
                .isGreaterThanOrEqualTo(visit.pongNanos() - visit.pingNanos());
          });
      assertThat(server.mostOpen()).isEqualTo(PROBES);
      assertThat(paths.stream().map(path -> server.visit(path).payload()).distinct())
          .hasSize(PROBES);
      assertAllGone(server);
      assertThat(running.values()).allSatisfy(probe -> assertThat(probe.results()).isEqualTo(1));
    }
  }

  @Test
  void givesEachOfAThousandProbesTheFailureOfItsOwnServer() throws Exception {
    Conduct[] conducts = Conduct.values();
    try (CrowdServer server = CrowdServer.upgradingOnce(PROBES)) {
      List<String> paths =
          IntStream.range(0, PROBES).mapToObj(i -> path(conducts[i % conducts.length], i)).toList();
      Map<String, ProbeRequest> requests = requests(server, paths);
      Map<String, Running> running = start(requests);

      running.forEach(
          (path, probe) -> {
            ProbeResult result = probe.result();
            assertThat(result.request()).isSameAs(requests.get(path));
            assertOutcome(Conduct.of(path), result);
          });
      assertThat(server.mostOpen()).isEqualTo(PROBES);
      assertAllGone(server);
      assertThat(running.values()).allSatisfy(probe -> assertThat(probe.results()).isEqualTo(1));
    }
  }

  private static void assertOutcome(Conduct conduct, ProbeResult result) {
    switch (conduct) {
      case GOOD -> assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(0);
      case WRONG_PONG_FIRST ->
          assertThat(result).succeededAfter(CONNECT, UPGRADE, PING).pongCame(1);
      case SILENT ->
          assertThat(result)
              .failedWith(FailureReason.UPGRADE_TIMEOUT, CONNECT, UPGRADE)
              .notAnswered()
              .tookAbout(DEADLINE);
      case FORBIDDING ->
          assertThat(result)
              .failedWith(FailureReason.UPGRADE_STATUS, CONNECT, UPGRADE)
              .answeredWith(403)
              .notConnected();
      case MUTE ->
          assertThat(result)
              .failedWith(FailureReason.PONG_TIMEOUT, CONNECT, UPGRADE, PING)
              .pongMissing(0)
              .tookAbout(DEADLINE);
      case CLOSING ->
          assertThat(result)
              .failedWith(FailureReason.CLOSED_BY_PEER, CONNECT, UPGRADE, PING)
              .pongMissing(0);
      case RESETTING ->
          assertThat(result)
              .failedWith(FailureReason.CONNECTION_RESET, CONNECT, UPGRADE, PING)
              .pongMissing(0);
    }
  }

  private static String path(Conduct conduct, int number) {
    return "/" + conduct + "/" + number;
  }

  /** A request for each path; those that will only end by their deadline have a near one. */
  private static Map<String, ProbeRequest> requests(CrowdServer server, List<String> paths) {
    Map<String, ProbeRequest> requests = new LinkedHashMap<>();
    for (String path : paths) {
      Duration limit = Conduct.of(path).endsByItself() ? AMPLE : DEADLINE;
      requests.put(path, ProbeRunner.request(server.ws(path), limit, ProbeRunner.PREFER_IP4));
    }
    return requests;
  }

  private Map<String, Running> start(Map<String, ProbeRequest> requests) {
    Map<String, Running> running = new LinkedHashMap<>();
    requests.forEach((path, request) -> running.put(path, runner.start(request, result -> {})));
    return running;
  }

  private void assertAllGone(CrowdServer server) {
    Awaitility.await("all connections end")
        .atMost(Duration.ofSeconds(10))
        .until(() -> server.open() == 0 && runner.openChannels().isEmpty());
    assertThat(server.requests()).isEqualTo(PROBES);
  }
}
