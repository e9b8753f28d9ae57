package io.github.websocketexporter.report;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.util.ArrayList;
import java.util.List;

/** What happened in a probe and when, as a log would have it. No secrets. */
final class Timeline {
  private final ProbeResult result;
  private final List<Event> events = new ArrayList<>();

  private Timeline(ProbeResult result) {
    this.result = result;
  }

  /**
   * One line.
   *
   * @param atNanos from the start of the probe, or of the connection where that is held
   */
  record Event(long atNanos, String words) {}

  /** The events of a result, in their order. */
  static List<Event> of(ProbeResult result) {
    Timeline timeline = new Timeline(result);
    for (Waterfall.Bar bar : Waterfall.of(result).bars()) {
      timeline.phase(bar);
    }
    if (result.session() == null) {
      timeline.add(result.durationNanos(), result.success() ? "success" : "the probe ended");
    }
    return List.copyOf(timeline.events);
  }

  private void phase(Waterfall.Bar bar) {
    add(
        bar.startNanos(),
        switch (bar.phase()) {
          case RESOLVE -> "resolve: the name is looked up";
          case CONNECT -> "connect: the connection is opened";
          case PROXY -> "proxy: a tunnel is asked for";
          case TLS -> "tls: the handshake begins";
          case UPGRADE -> "upgrade: the request is sent";
          case MESSAGES -> "messages: the first step begins";
          case PING -> "ping: the first PING is sent";
        });
    Failure failure = result.failure();
    add(
        bar.endNanos(),
        bar.failed() && failure != null
            ? failure.phase().label() + ": failed, " + failure.reason().label()
            : switch (bar.phase()) {
              case RESOLVE -> "resolve: " + address("an address is there");
              case CONNECT -> "connect: connected to " + address("it");
              case PROXY -> "proxy: the tunnel is open";
              case TLS -> "tls: " + (result.tls() == null ? "done" : Facts.tls(result.tls()));
              case UPGRADE -> "upgrade: " + answer();
              case MESSAGES -> "messages: the last expected message has come";
              case PING -> "ping: " + pongs();
            });
  }

  private String address(String otherwise) {
    return result.address() == null || result.request().target().isNamed()
        ? otherwise
        : result.address().getHostAddress();
  }

  private String answer() {
    UpgradeFacts upgrade = result.upgrade();
    if (upgrade == null) {
      return "answered";
    }
    return upgrade.subprotocol() == null
        ? "answered with " + upgrade.statusCode()
        : Text.format(
            "answered with %d, subprotocol %s", upgrade.statusCode(), upgrade.subprotocol());
  }

  private String pongs() {
    PingStatistics pings = result.pings();
    return pings == null
        ? "over"
        : Text.format("%d of %d answered", pings.received(), pings.sent());
  }

  private void add(long atNanos, String words) {
    events.add(new Event(atNanos, words));
  }
}
