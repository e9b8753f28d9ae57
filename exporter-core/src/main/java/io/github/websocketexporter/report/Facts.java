package io.github.websocketexporter.report;

import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import java.util.ArrayList;
import java.util.List;

/** What a probe found besides its phases, in words for a person. No secrets. */
final class Facts {
  private final List<Fact> facts = new ArrayList<>();

  private Facts() {}

  /**
   * One of them.
   *
   * @param name what it is of; there may be several of one name
   */
  record Fact(String name, String words) {}

  /** Those of a result. */
  static List<Fact> of(ProbeResult result) {
    Facts found = new Facts();
    found.connection(result);
    found.pings(result);
    return List.copyOf(found.facts);
  }

  private void connection(ProbeResult result) {
    if (result.address() != null && !result.request().target().isNamed()) {
      add("address", result.address().getHostAddress());
    }
    TcpFacts tcp = result.tcp();
    if (tcp != null) {
      add("tcp", Text.millis(tcp.rttNanos()) + " rtt, " + tcp.retransmits() + " sent again");
    }
    TlsFacts tls = result.tls();
    if (tls != null) {
      add("tls", tls(tls));
    }
    if (result.upgrade() != null) {
      add("status", String.valueOf(result.upgrade().statusCode()));
    }
  }

  /** What was negotiated, as far as it was, and what became of the certificate. */
  static String tls(TlsFacts tls) {
    String verified = tls.verified() ? "verified" : "not verified";
    return tls.version() == null ? verified : tls.version() + ", " + tls.cipher() + ", " + verified;
  }

  private void pings(ProbeResult result) {
    PingStatistics pings = result.pings();
    if (pings != null) {
      add("pings", pings.sent() + " sent, " + pings.received() + " answered");
    }
    if (result.session() != null) {
      session(result.session());
    }
    result.failureDetails().forEach(this::add);
    RoundTrip roundTrip = result.roundTrip();
    if (roundTrip != null) {
      add(
          "round trip",
          Text.format(
              "%s, of which %s may be the exporter's own, by the clock of the %s",
              Text.millis(roundTrip.nanos()),
              Text.millis(roundTrip.uncertaintyNanos()),
              roundTrip.clock().label()));
    }
  }

  private void session(SessionFacts session) {
    add(
        "connection",
        session.connectionAgeNanos().isPresent()
            ? "there for " + Text.millis(session.connectionAgeNanos().getAsLong())
            : "not there");
    add(
        "session",
        Text.format(
            "%d connects, %d pings sent, %d answered, %d of them late, %d lost",
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
              add("ended", how + ": " + count);
            });
  }

  private void add(String name, String words) {
    facts.add(new Fact(name, words));
  }
}
