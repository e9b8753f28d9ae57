package io.github.websocketexporter.http;

import io.github.websocketexporter.config.EffectiveConfig;
import io.github.websocketexporter.metrics.ExpositionFormat;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One probe told to a person: its timeline, what it found, the metrics that it would have answered,
 * and its module. Without the secrets of the target and of the module.
 */
final class DebugPage {
  private static final String FACT = "%-12s%s%n";

  private final StringBuilder text = new StringBuilder();

  private DebugPage() {}

  /**
   * The page of a probe.
   *
   * @param config what was in force when it began
   */
  static Response of(ProbeResult result, EffectiveConfig config) {
    DebugPage page = new DebugPage();
    page.outcome(result);
    page.timeline(result.timings(), result.session() == null ? "probe" : "connection");
    page.facts(result);
    page.text.append("\nMetrics\n").append(metrics(result));
    page.text.append("\nModule\n").append(config.module(result.request().module().name()));
    return Response.page(page.text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private void outcome(ProbeResult result) {
    line(
        "Probe of %s by module %s: %s%n",
        result.request().target(),
        result.request().module().name(),
        result.failure() == null
            ? "success"
            : "failed in phase %s, %s"
                .formatted(result.failure().phase().label(), result.failure().reason().label()));
    line(
        "It took %s of the %s that it had.%n",
        millis(result.durationNanos()), millis(result.request().limit().toNanos()));
  }

  private void timeline(PhaseTimings timings, String whole) {
    line("%nTimeline, in milliseconds from the start of the %s%n", whole);
    line("%-10s%12s%12s%12s%n", "phase", "from", "to", "took");
    for (Phase phase : Phase.values()) {
      if (timings.ran(phase)) {
        double from = timings.startNanos(phase) / 1e6;
        double took = timings.nanos(phase) / 1e6;
        line("%-10s%12.3f%12.3f%12.3f%n", phase.label(), from, from + took, took);
      }
    }
  }

  private void facts(ProbeResult result) {
    line("%nFound%n");
    if (result.address() != null && !result.request().target().isNamed()) {
      line(FACT, "address", result.address().getHostAddress());
    }
    TcpFacts tcp = result.tcp();
    if (tcp != null) {
      line(FACT, "tcp", millis(tcp.rttNanos()) + " rtt, " + tcp.retransmits() + " sent again");
    }
    TlsFacts tls = result.tls();
    if (tls != null) {
      String verified = tls.verified() ? "verified" : "not verified";
      line(
          FACT,
          "tls",
          tls.version() == null ? verified : tls.version() + ", " + tls.cipher() + ", " + verified);
    }
    if (result.upgrade() != null) {
      line(FACT, "status", result.upgrade().statusCode());
    }
    PingStatistics pings = result.pings();
    if (pings != null) {
      line(FACT, "pings", pings.sent() + " sent, " + pings.received() + " answered");
    }
    if (result.session() != null) {
      session(result.session());
    }
    result.failureDetails().forEach((key, value) -> line(FACT, key, value));
    RoundTrip roundTrip = result.roundTrip();
    if (roundTrip != null) {
      line(
          FACT,
          "round trip",
          "%s, of which %s may be the exporter's own, by the clock of the %s"
              .formatted(
                  millis(roundTrip.nanos()),
                  millis(roundTrip.uncertaintyNanos()),
                  roundTrip.clock().label()));
    }
  }

  private void session(SessionFacts session) {
    line(
        FACT,
        "connection",
        session.connectionAgeNanos().isPresent()
            ? "there for " + millis(session.connectionAgeNanos().getAsLong())
            : "not there");
    line(
        FACT,
        "session",
        "%d connects, %d pings sent, %d answered, %d of them late, %d lost"
            .formatted(
                session.connects(),
                session.pings(),
                session.pongs(),
                session.latePongs(),
                session.lostPings()));
    session
        .disconnects()
        .forEach(
            (disconnect, count) -> {
              String how = (disconnect.reason().label() + " " + disconnect.code()).stripTrailing();
              line(FACT, "ended", how + ": " + count);
            });
  }

  private static String metrics(ProbeResult result) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ProbeMetrics.write(result, ExpositionFormat.TEXT, out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
  }

  private void line(String format, Object... values) {
    text.append(String.format(Locale.ROOT, format.replace("%n", "\n"), values));
  }
}
