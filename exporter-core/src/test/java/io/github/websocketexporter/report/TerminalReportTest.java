package io.github.websocketexporter.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.metrics.Results;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a terminal shows of a probe. */
class TerminalReportTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final TerminalReport report = report(false);

  private TerminalReport report(boolean colored) {
    return new TerminalReport(new PrintStream(out, false, UTF_8), colored);
  }

  private String printed() {
    return out.toString(UTF_8);
  }

  private static PhaseTimings timings() {
    return new PhaseTimings.Builder()
        .began(Phase.CONNECT, 0)
        .add(Phase.CONNECT, 22_000_000)
        .began(Phase.UPGRADE, 22_000_000)
        .add(Phase.UPGRADE, 11_000_000)
        .began(Phase.PING, 33_000_000)
        .add(Phase.PING, 11_000_000)
        .build();
  }

  private static RoundTrip roundTrip(long micros) {
    return new RoundTrip(micros * 1_000, 1_500, ArrivalClock.KERNEL);
  }

  private static ProbeResult.Builder connected() {
    return Results.builder()
        .timings(timings())
        .address(Results.address(192, 0, 2, 1))
        .upgrade(new UpgradeFacts(101, "chat", null))
        .connectionNanos(33_000_000);
  }

  @Test
  void tellsOfSeveralPingsAsPingDoes() {
    List<RoundTrip> roundTrips = List.of(roundTrip(1_000), roundTrip(3_000));
    ProbeResult result =
        connected().pings(PingStatistics.several(3, 0, roundTrips)).build(44_000_000, null);
    report.began(result.request());
    report.connected(result);
    report.ponged(1, roundTrips.get(0));
    report.ponged(2, roundTrips.get(1));
    report.ended(result);

    assertThat(printed())
        .isEqualTo(
            """
            PROBE wss://example.com:443/… by module websocket_ping
            connected to 192.0.2.1 in 33.000 ms, subprotocol chat
            pong 1: time=1.000 ms uncertainty=0.002 ms clock=kernel
            pong 2: time=3.000 ms uncertainty=0.002 ms clock=kernel

            --- wss://example.com:443/… ---
            3 sent, 2 received, 33 % lost
            min 1.000 ms, avg 2.000 ms, max 3.000 ms, jitter 2.000 ms

            connect       22.000 ms  ██████████████████████······················
            upgrade       11.000 ms  ······················███████████···········
            ping          11.000 ms  ·································███████████

            Success in 44.000 ms.
            """);
  }

  @Test
  void theAddressOfAProxyIsToldAsOne() {
    report.connected(
        connected()
            .timings(new PhaseTimings.Builder().add(Phase.PROXY, 1).build())
            .build(44_000_000, null));

    assertThat(printed()).startsWith("connected through 192.0.2.1 in 33.000 ms, ");
  }

  @Test
  void tellsOfASinglePingWhenItIsSure() {
    ProbeResult result =
        connected().pings(PingStatistics.single(0, roundTrip(500))).build(44_000_000, null);
    report.connected(result);
    report.ended(result);

    assertThat(printed())
        .containsOnlyOnce("pong 1: time=0.500 ms uncertainty=0.002 ms clock=kernel\n")
        .contains("1 sent, 1 received, 0 % lost\n")
        .doesNotContain("min ");
  }

  @Test
  void tellsInOneSentenceWhatFailedAndWhatUsuallyCausesIt() {
    report.ended(
        Results.builder()
            .timings(
                new PhaseTimings.Builder()
                    .began(Phase.CONNECT, 0)
                    .add(Phase.CONNECT, 1_000_000)
                    .build())
            .build(
                1_000_000,
                new Failure(
                    Phase.CONNECT,
                    FailureReason.CONNECT_REFUSED,
                    new Failure.Detail("errno", "111"))));

    assertThat(printed())
        .isEqualTo(
            """

            connect        1.000 ms  ████████████████████████████████████████████

            errno: 111
            Failed in phase connect (connect_refused): nothing listens on that port; the usual \
            cause: a server that is down, or listens elsewhere.
            """);
  }

  @Test
  void tellsOfTlsAndForHowLongTheCertificateIsGood() {
    TlsFacts tls = new TlsFacts(true, "TLS 1.3", "TLS_AES_128_GCM_SHA256", Results.CHAIN);
    Instant end = Instant.ofEpochSecond(Results.CHAIN.earliestExpirySeconds());

    assertThat(TerminalReport.tls(tls, end.minusSeconds(3 * 86_400)))
        .isEqualTo("TLS 1.3, TLS_AES_128_GCM_SHA256, verified, certificate ends in 3 days");
    assertThat(TerminalReport.tls(tls, end.minusSeconds(86_400))).endsWith("ends in 1 day");
    assertThat(TerminalReport.tls(tls, end.plusSeconds(1))).endsWith("certificate expired");
    report.ended(Results.successOverTls());
    assertThat(printed()).startsWith("TLS 1.3, TLS_AES_128_GCM_SHA256, verified, certificate ");
  }

  @Test
  void whoEndsItNeedNotBeToldWhatUsuallyCausesThat() {
    report.ended(connected().build(44_000_000, new Failure(Phase.PING, FailureReason.CANCELLED)));

    assertThat(printed())
        .endsWith("\nEnded by Ctrl-C after 44.000 ms.\n")
        .doesNotContain("ailed", "cause");
  }

  @Test
  void paintsWhereItsReaderLikesColours() {
    ProbeResult result = connected().build(44_000_000, null);
    report.ended(result);
    String plain = printed();
    out.reset();
    report(true).ended(result);

    assertThat(plain).doesNotContain("\u001b");
    assertThat(printed()).contains("\u001b[32mSuccess in 44.000 ms.\u001b[0m\n");
    assertThat(printed().replaceAll("\u001b\\[\\d+m", "")).isEqualTo(plain);
  }

  @Test
  void lineFeedsAndEscapesOfAPeerDoNotReachTheTerminal() {
    report.connected(
        Results.builder().upgrade(new UpgradeFacts(101, "a\u009b31mb\u001b", null)).build(1, null));

    assertThat(printed()).contains("subprotocol a\ufffd31mb\ufffd\n");
  }

  @Test
  void tellsOfPingsOfWhichNoneWasSent() {
    report.ended(
        connected()
            .pings(PingStatistics.several(0, 0, List.of()))
            .build(1, new Failure(Phase.PING, FailureReason.CONNECTION_RESET)));

    assertThat(printed()).contains("\n0 sent, 0 received, 0 % lost\n");
  }

  @Test
  void showsNoSecret() {
    report.connected(Results.successOverTls());
    report.ended(Results.successOverTls());

    assertThat(printed()).doesNotContain(Results.SECRET);
  }
}
