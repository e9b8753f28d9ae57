package io.github.websocketexporter.report;

import io.github.websocketexporter.metrics.PeerText;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.RoundTripSpread;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/**
 * One probe told in a terminal while it runs, as ping(8) does it: what it is connected to, a line
 * for each PONG, a summary, and the phases below each other. Confined to one thread. No secrets.
 */
public final class TerminalReport {
  private static final int WIDTH = 44;

  private final PrintStream out;
  private final boolean colored;
  private boolean connected;
  private int ponged;

  /** Colours, as terminals know them (ECMA-48, section 8.3.117). */
  private enum Color {
    GOOD("32"),
    BAD("31"),
    FAINT("2");

    private final String code;

    Color(String code) {
      this.code = code;
    }
  }

  /**
   * A report.
   *
   * @param out where it goes
   * @param colored whether that is a terminal whose user likes colours
   */
  public TerminalReport(PrintStream out, boolean colored) {
    this.out = out;
    this.colored = colored;
  }

  /** Says what is probed. */
  public void began(ProbeRequest request) {
    line("PROBE %s by module %s", request.target(), request.module().name());
  }

  /** Says what the probe is connected to. */
  public void connected(ProbeResult soFar) {
    connected = true;
    if (soFar.tls() != null) {
      line("%s", tls(soFar.tls(), Instant.now()));
    }
    UpgradeFacts upgrade = soFar.upgrade();
    String subprotocol =
        upgrade == null || upgrade.subprotocol() == null
            ? "no subprotocol"
            : "subprotocol " + PeerText.label(upgrade.subprotocol());
    line(
        "connected%s in %s, %s",
        way(soFar), Text.millis(soFar.connectionNanos().orElse(0)), subprotocol);
  }

  private static String way(ProbeResult soFar) {
    if (soFar.address() == null || soFar.request().target().isNamed()) {
      return "";
    }
    String way = soFar.timings().ran(Phase.PROXY) ? " through " : " to ";
    return way + soFar.address().getHostAddress();
  }

  static String tls(TlsFacts tls, Instant now) {
    Instant end = Instant.ofEpochSecond(tls.chain().earliestExpirySeconds());
    long days = Duration.between(now, end).toDays();
    return "%s, certificate %s"
        .formatted(
            Facts.tls(tls),
            now.isAfter(end) ? "expired" : "ends in " + days + (days == 1 ? " day" : " days"));
  }

  /** Says that a PING was answered; {@code number} counts from 1. */
  public void ponged(int number, RoundTrip roundTrip) {
    ponged++;
    line(
        "pong %d: time=%s uncertainty=%s clock=%s",
        number,
        Text.millis(roundTrip.nanos()),
        Text.millis(roundTrip.uncertaintyNanos()),
        roundTrip.clock().label());
  }

  /** Says what came of the probe in all. */
  public void ended(ProbeResult result) {
    if (!connected && result.tls() != null) {
      line("%s", tls(result.tls(), Instant.now()));
    }
    RoundTrip roundTrip = result.roundTrip();
    if (ponged == 0 && roundTrip != null) {
      ponged(1, roundTrip);
    }
    line("");
    summary(result);
    waterfall(result);
    if (result.failure() == null) {
      colored(Color.GOOD, Text.format("Success in %s.", Text.millis(result.durationNanos())));
    } else if (result.failure().reason() == FailureReason.CANCELLED) {
      line("Ended by Ctrl-C after %s.", Text.millis(result.durationNanos()));
    } else {
      result.failureDetails().forEach((key, value) -> line("%s: %s", key, value));
      colored(Color.BAD, Advice.sentence(result.failure()));
    }
  }

  private void summary(ProbeResult result) {
    PingStatistics pings = result.pings();
    if (pings == null) {
      return;
    }
    line("--- %s ---", result.request().target());
    line(
        "%d sent, %d received, %.0f %% lost",
        pings.sent(), pings.received(), 100 * pings.lossRatio());
    RoundTripSpread spread = pings.spread();
    if (spread != null) {
      String jitter =
          spread.jitterNanos().isPresent()
              ? Text.millis(spread.jitterNanos().getAsLong())
              : "unknown";
      line(
          "min %s, avg %s, max %s, jitter %s",
          Text.millis(spread.minNanos()),
          Text.millis(spread.meanNanos()),
          Text.millis(spread.maxNanos()),
          jitter);
    }
    line("");
  }

  private void waterfall(ProbeResult result) {
    Waterfall waterfall = Waterfall.of(result);
    for (Waterfall.Bar bar : waterfall.bars()) {
      int from = Math.min(WIDTH - 1, waterfall.at(bar.startNanos(), WIDTH));
      int to = Math.max(from + 1, waterfall.at(bar.endNanos(), WIDTH));
      out.print(Text.format("%-9s%14s  ", bar.phase().label(), Text.millis(bar.nanos())));
      out.print(painted(Color.FAINT, "·".repeat(from)));
      out.print(painted(bar.failed() ? Color.BAD : Color.GOOD, "█".repeat(to - from)));
      line("%s", painted(Color.FAINT, "·".repeat(WIDTH - to)));
    }
    if (!waterfall.bars().isEmpty()) {
      line("");
    }
  }

  private void colored(Color color, String text) {
    line("%s", painted(color, text));
  }

  private String painted(Color color, String text) {
    return colored && !text.isEmpty() ? "\u001b[" + color.code + "m" + text + "\u001b[0m" : text;
  }

  private void line(String format, Object... values) {
    out.print(Text.format(format, values) + "\n");
    out.flush();
  }
}
