package io.github.websocketexporter.report;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.MessageFacts;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.RoundTripSpread;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One probe as JSON (RFC 8259), for programs: README documents it, and what is documented stays.
 * All durations are in seconds; what does not exist is absent. No secrets.
 */
public final class JsonReport {
  private static final ConfigRenderOptions JSON = ConfigRenderOptions.concise().setFormatted(true);

  private final SortedMap<Integer, RoundTrip> roundTrips = new TreeMap<>();

  /** A report of a probe that begins. */
  public JsonReport() {}

  /** Notes that a PING was answered; {@code number} counts from 1. */
  public void ponged(int number, RoundTrip roundTrip) {
    roundTrips.put(number, roundTrip);
  }

  /** The whole of it, with a line feed at its end. */
  public String ended(ProbeResult found) {
    ProbeResult result = Shown.of(found);
    RoundTrip only = result.roundTrip();
    if (roundTrips.isEmpty() && only != null) {
      ponged(1, only);
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("target", result.request().target().toString());
    json.put("module", result.request().module().name());
    json.put("success", result.success());
    json.put("duration_seconds", seconds(result.durationNanos()));
    json.put("timeout_seconds", seconds(result.request().limit().toNanos()));
    if (result.address() != null) {
      json.put("address", result.address().getHostAddress());
    }
    if (result.connectionNanos().isPresent()) {
      json.put("connection_duration_seconds", seconds(result.connectionNanos().getAsLong()));
    }
    json.put("phases", phases(result));
    put(json, "tcp", tcp(result.tcp()));
    put(json, "tls", tls(result.tls()));
    put(json, "upgrade", upgrade(result.upgrade()));
    put(json, "messages", messages(result.messages()));
    put(json, "pings", pings(result.pings()));
    put(json, "failure", failure(result));
    return ConfigValueFactory.fromMap(json).render(JSON);
  }

  private static void put(Map<String, Object> json, String key, @Nullable Object value) {
    if (value != null) {
      json.put(key, value);
    }
  }

  private static double seconds(long nanos) {
    return nanos / 1e9;
  }

  private static List<Map<String, Object>> phases(ProbeResult result) {
    List<Map<String, Object>> phases = new ArrayList<>();
    for (Waterfall.Bar bar : Waterfall.of(result).bars()) {
      Map<String, Object> phase = new LinkedHashMap<>();
      phase.put("phase", bar.phase().label());
      phase.put("start_seconds", seconds(bar.startNanos()));
      phase.put("duration_seconds", seconds(bar.nanos()));
      phases.add(phase);
    }
    return phases;
  }

  private static @Nullable Map<String, Object> tcp(@Nullable TcpFacts tcp) {
    return tcp == null
        ? null
        : Map.of(
            "rtt_seconds",
            seconds(tcp.rttNanos()),
            "rtt_variance_seconds",
            seconds(tcp.rttVarianceNanos()),
            "retransmits",
            tcp.retransmits());
  }

  private static @Nullable Map<String, Object> tls(@Nullable TlsFacts tls) {
    if (tls == null) {
      return null;
    }
    ChainFacts chain = tls.chain();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("verified", tls.verified());
    put(json, "version", tls.version());
    put(json, "cipher", tls.cipher());
    json.put("earliest_cert_expiry_timestamp_seconds", chain.earliestExpirySeconds());
    json.put("last_chain_expiry_timestamp_seconds", chain.lastChainExpirySeconds());
    if (!chain.fingerprintSha256().isEmpty()) {
      json.put("fingerprint_sha256", chain.fingerprintSha256());
      json.put("subject", chain.subject());
      json.put("issuer", chain.issuer());
      json.put("subject_alternative", chain.subjectAlternative());
    }
    return json;
  }

  private static @Nullable Map<String, Object> upgrade(@Nullable UpgradeFacts upgrade) {
    if (upgrade == null) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("status_code", upgrade.statusCode());
    put(json, "subprotocol", upgrade.subprotocol());
    put(json, "extensions", upgrade.extensions());
    return json;
  }

  private static @Nullable Map<String, Object> messages(@Nullable MessageFacts messages) {
    if (messages == null) {
      return null;
    }
    Map<String, Object> steps = new LinkedHashMap<>();
    messages.stepNanos().forEach((name, nanos) -> steps.put(name, seconds(nanos)));
    return Map.of(
        "last_step", messages.step(),
        "step_duration_seconds", steps,
        "extracted_values", messages.values());
  }

  private @Nullable Map<String, Object> pings(@Nullable PingStatistics pings) {
    if (pings == null) {
      return null;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sent", pings.sent());
    json.put("received", pings.received());
    json.put("unmatched_pongs", pings.unmatched());
    json.put("loss_ratio", pings.lossRatio());
    if (pings.roundTrip() != null) {
      json.put("round_trip_seconds", seconds(pings.roundTrip().nanos()));
    }
    RoundTripSpread spread = pings.spread();
    if (spread != null) {
      json.put("min_seconds", seconds(spread.minNanos()));
      json.put("mean_seconds", seconds(spread.meanNanos()));
      json.put("max_seconds", seconds(spread.maxNanos()));
      spread.jitterNanos().ifPresent(nanos -> json.put("jitter_seconds", seconds(nanos)));
    }
    List<Map<String, Object>> each = new ArrayList<>();
    roundTrips.forEach((number, roundTrip) -> each.add(roundTrip(number, roundTrip)));
    json.put("round_trips", each);
    return json;
  }

  private static Map<String, Object> roundTrip(int number, RoundTrip roundTrip) {
    ArrivalClock clock = roundTrip.clock();
    return Map.of(
        "ping", number,
        "seconds", seconds(roundTrip.nanos()),
        "uncertainty_seconds", seconds(roundTrip.uncertaintyNanos()),
        "clock", clock.label());
  }

  private static @Nullable Map<String, Object> failure(ProbeResult result) {
    Failure failure = result.failure();
    if (failure == null) {
      return null;
    }
    Advice advice = Advice.of(failure.reason());
    return Map.of(
        "phase", failure.phase().label(),
        "reason", failure.reason().label(),
        "what", advice.what(),
        "usual_cause", advice.cause(),
        "details", result.failureDetails());
  }
}
