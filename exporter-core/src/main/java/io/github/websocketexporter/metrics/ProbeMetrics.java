package io.github.websocketexporter.metrics;

import io.github.websocketexporter.metrics.InfoRow.Label;
import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.MessageFacts;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.RoundTripSpread;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one probe: a pure function of its result. {@link #ROWS} is the whole list; a new
 * metric is a row in it. No metric carries the target: the scraper labels it.
 */
public final class ProbeMetrics {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private static final List<Row> ROWS =
      ordered(
          // The first six are in every answer, zero where they were not reached.
          Row.flag(
              "probe_success",
              "Whether all that the module asks for held (1) or not (0).",
              ProbeResult::success),
          Row.seconds(
              "probe_duration_seconds",
              "Time from the start of the probe to its answer.",
              ProbeResult::durationNanos),
          Row.flag(
              "probe_websocket_up",
              "Whether the WebSocket connection is established: a valid 101 came.",
              ProbeResult::connected),
          Row.seconds(
              "probe_websocket_connection_duration_seconds",
              "Time from the start to the valid 101: resolve, connect, proxy, tls"
                  + " and upgrade. 0 if it did not come.",
              result -> result.connectionNanos().orElse(0)),
          Row.flag(
              "probe_websocket_ping_pong_success",
              "Whether the PONG that matches the PING came; of several, as many as the module asks"
                  + " for; of a held connection, the newest.",
              ProbeResult::answered),
          Row.seconds(
              "probe_websocket_ping_pong_duration_seconds",
              "Time from handing the PING to the socket to the arrival of its PONG; of several, the"
                  + " median; of a held connection, the newest. 0 if none came.",
              result -> result.roundTrip() == null ? 0 : result.roundTrip().nanos()),
          Row.seconds(
              "probe_websocket_ping_pong_uncertainty_seconds",
              "How much of probe_websocket_ping_pong_duration_seconds may be the exporter's own"
                  + " delay: what it can see of that, not a proof.",
              ProbeResult::roundTrip,
              RoundTrip::uncertaintyNanos),
          Row.info(
              "probe_websocket_ping_pong_clock",
              "What stamped the arrival of the PONG: the kernel as it came in, or the exporter's"
                  + " event loop when it read it.",
              ProbeResult::roundTrip,
              new Label<>("clock", roundTrip -> roundTrip.clock().label())),
          Row.phases(
              "probe_websocket_duration_seconds",
              "Duration of each phase that ran; of the phase that failed, the time until it did."
                  + " resolve, connect and tls hold the exporter's own scheduling too. Of a held"
                  + " connection, as it was made, and the newest ping."),
          Row.info(
              "probe_failure",
              "The phase in which the probe failed, and the reason. Only on failure.",
              ProbeResult::failure,
              new Label<>("phase", failure -> failure.phase().label()),
              new Label<>("reason", failure -> failure.reason().label())),
          Row.seconds(
              "probe_timeout_seconds",
              "The longest that this probe was allowed to take.",
              result -> result.request().limit().toNanos()),
          Row.flag(
              "probe_websocket_connection_upgraded",
              "The same as probe_websocket_up, under the name that blackbox_exporter has for it.",
              ProbeResult::connected),
          Row.number(
              "probe_websocket_status_code",
              "HTTP status that answered the upgrade request.",
              ProbeResult::upgrade,
              UpgradeFacts::statusCode),
          Row.info(
              "probe_websocket_handshake",
              "What the upgrade agreed on; empty where nothing was.",
              result -> result.connected() ? result.upgrade() : null,
              new Label<>("subprotocol", UpgradeFacts::subprotocol),
              new Label<>("extensions", UpgradeFacts::extensions)),
          Row.flag(
              "probe_websocket_ssl",
              "Whether the target is probed with TLS: wss (1) or ws (0).",
              result -> result.request().target().secure()),
          Row.number(
              "probe_ip_protocol",
              "IP protocol of the address to connect to, the proxy's where there is one: 4 or 6.",
              ProbeResult::address,
              address -> AddressFamily.of(address).version()),
          Row.number(
              "probe_ip_addr_hash",
              "FNV-1a hash (32 bits) of the address to connect to, the proxy's where there is one:"
                  + " shows that it changed.",
              ProbeResult::address,
              ProbeMetrics::fnv1a),
          Row.seconds(
              "probe_dns_lookup_time_seconds",
              "The same as probe_websocket_duration_seconds of phase resolve, under the name that"
                  + " blackbox_exporter has for it.",
              result -> result.timings().ran(Phase.RESOLVE) ? result.timings() : null,
              timings -> timings.nanos(Phase.RESOLVE)),
          Row.seconds(
              "probe_tcp_rtt_seconds",
              "Smoothed round-trip time of the TCP connection as the kernel saw it, at the end of"
                  + " the probe (TCP_INFO).",
              ProbeResult::tcp,
              TcpFacts::rttNanos),
          Row.seconds(
              "probe_tcp_rtt_variance_seconds",
              "Mean deviation of probe_tcp_rtt_seconds (TCP_INFO).",
              ProbeResult::tcp,
              TcpFacts::rttVarianceNanos),
          Row.number(
              "probe_tcp_retransmits",
              "Segments that the kernel sent again on this connection (TCP_INFO).",
              ProbeResult::tcp,
              TcpFacts::retransmits),
          Row.flag(
              "probe_websocket_tls_verified",
              "Whether the certificate chain and the name in it were found good (1) or not (0).",
              ProbeResult::tls,
              TlsFacts::verified),
          Row.info(
              "probe_tls_version",
              "The TLS version that was negotiated.",
              result -> result.tls() == null ? null : result.tls().version(),
              new Label<>("version", version -> version)),
          Row.info(
              "probe_tls_cipher",
              "The TLS cipher suite that was negotiated.",
              result -> result.tls() == null ? null : result.tls().cipher(),
              new Label<>("cipher", cipher -> cipher)),
          Row.number(
              "probe_ssl_earliest_cert_expiry",
              "Earliest end of validity among the certificates that the peer presented, in unix"
                  + " time.",
              ProbeMetrics::chain,
              ChainFacts::earliestExpirySeconds),
          Row.number(
              "probe_ssl_last_chain_expiry_timestamp_seconds",
              "Earliest end of validity along the chain from the leaf to the trusted authority, in"
                  + " unix time.",
              ProbeMetrics::chain,
              ChainFacts::lastChainExpirySeconds),
          Row.info(
              "probe_ssl_last_chain",
              "The leaf of the chain that the peer presented.",
              ProbeMetrics::chainThatIsShown,
              new Label<>("fingerprint_sha256", ChainFacts::fingerprintSha256),
              new Label<>("subject", ChainFacts::subject),
              new Label<>("issuer", ChainFacts::issuer),
              new Label<>("subjectalternative", ChainFacts::subjectAlternative),
              new Label<>("serialnumber", ChainFacts::serialNumber)),
          Row.seconds(
              "probe_websocket_message_duration_seconds",
              "Time from handing the message of a step to the socket, or from the beginning of a"
                  + " step that sends none, to the arrival of the message that the step expects.",
              "step",
              result -> result.messages() == null ? null : result.messages().stepNanos()),
          Row.flag(
              "probe_websocket_failed_due_to_regex",
              "Whether the last message that came was not the one that a step of messages"
                  + " expects.",
              ProbeResult::messages,
              MessageFacts::unmatched),
          Row.numbers(
              "probe_websocket_extracted_value",
              "Number that a named group found in a message.",
              "name",
              result -> result.messages() == null ? null : result.messages().values()),
          Row.number(
              "probe_websocket_pings_sent",
              "PINGs sent by this probe; of a held connection, from scrape to scrape.",
              ProbeResult::pings,
              PingStatistics::sent),
          Row.number(
              "probe_websocket_pongs_received",
              "PONGs that carried the payload of one of the PINGs that were sent, in time.",
              ProbeResult::pings,
              PingStatistics::received),
          Row.number(
              "probe_websocket_unmatched_pongs",
              "PONGs that carried anything else, came again, or came too late.",
              ProbeResult::pings,
              PingStatistics::unmatched),
          // Only where probe_websocket_pings_sent is more than one.
          Row.seconds(
              "probe_websocket_ping_pong_min_seconds",
              "The shortest round trip of the PINGs that were sent.",
              ProbeMetrics::spread,
              RoundTripSpread::minNanos),
          Row.seconds(
              "probe_websocket_ping_pong_mean_seconds",
              "The arithmetic mean of the round trips of the PINGs that were sent.",
              ProbeMetrics::spread,
              RoundTripSpread::meanNanos),
          Row.seconds(
              "probe_websocket_ping_pong_max_seconds",
              "The longest round trip of the PINGs that were sent.",
              ProbeMetrics::spread,
              RoundTripSpread::maxNanos),
          Row.seconds(
              "probe_websocket_ping_pong_jitter_seconds",
              "The mean absolute difference from one round trip to the next, in the order in which"
                  + " the PINGs were sent.",
              ProbeMetrics::jitter,
              OptionalLong::getAsLong),
          Row.ratio(
              "probe_websocket_ping_pong_loss_ratio",
              "The part of the sent PINGs whose PONG did not come in time.",
              result -> result.pings() == null || result.pings().sent() < 2 ? null : result.pings(),
              PingStatistics::lossRatio),
          // Only of connections that are held.
          Row.counter(
              "probe_websocket_pings",
              "PINGs sent since the session began, or messages in their place.",
              ProbeResult::session,
              SessionFacts::pings),
          Row.counter(
              "probe_websocket_pongs",
              "PONGs that answered one of probe_websocket_pings_total, late ones too.",
              ProbeResult::session,
              SessionFacts::pongs),
          Row.counter(
              "probe_websocket_pongs_late",
              "PONGs of probe_websocket_pongs_total that came later than ping.timeout.",
              ProbeResult::session,
              SessionFacts::latePongs),
          Row.counter(
              "probe_websocket_pings_lost",
              "PINGs of probe_websocket_pings_total that were given up: their PONG did not come,"
                  + " not even late.",
              ProbeResult::session,
              SessionFacts::lostPings),
          Row.counter(
              "probe_websocket_connects",
              "How often the session's connection was established.",
              ProbeResult::session,
              SessionFacts::connects),
          Row.disconnects(
              "probe_websocket_disconnects",
              "How often the session's connection ended, by reason, and by the status code of the"
                  + " peer's Close where there was one.",
              result -> result.session() == null ? null : result.session().disconnects()),
          Row.histogram(
              "probe_websocket_ping_rtt_seconds",
              "Time from handing each PING to the socket to the arrival of its PONG, late ones"
                  + " too.",
              result -> result.session() == null ? null : result.session().roundTrips()),
          Row.seconds(
              "probe_websocket_connection_age_seconds",
              "How long the session's connection has been there. Only while it is.",
              ProbeMetrics::connectionAge,
              OptionalLong::getAsLong),
          Row.seconds(
              "probe_websocket_last_pong_timestamp_seconds",
              "When the newest PONG came, in unix time. Only once one has.",
              ProbeMetrics::lastPong,
              millis -> millis.getAsLong() * NANOS_PER_MILLI));

  /** What the library makes of each row, by format: rendered once, when this class is loaded. */
  private static final List<List<Family>> FAMILIES =
      Stream.of(ExpositionFormat.values()).map(ProbeMetrics::families).toList();

  private ProbeMetrics() {}

  /**
   * Writes the metrics of {@code result}: what the client library writes of them, but that numbers
   * have no exponent. A function of the result alone; may be called on any thread.
   */
  public static void write(ProbeResult result, ExpositionFormat format, OutputStream out)
      throws IOException {
    List<Family> families = FAMILIES.get(format.ordinal());
    MetricWriter writer = new MetricWriter(out);
    for (int i = 0; i < families.size(); i++) {
      ROWS.get(i).write(result, families.get(i), writer);
    }
    writer.rendered(format.end());
  }

  /** In the order that the text formats have. */
  private static List<Row> ordered(Row... rows) {
    return Stream.of(rows)
        .sorted(Comparator.comparing(row -> row.metadata().getPrometheusName()))
        .toList();
  }

  private static List<Family> families(ExpositionFormat format) {
    return Family.of(new MetricSnapshots(ROWS.stream().map(Row::sample).toList()), format);
  }

  private static @Nullable RoundTripSpread spread(ProbeResult result) {
    return result.pings() == null ? null : result.pings().spread();
  }

  private static @Nullable OptionalLong jitter(ProbeResult result) {
    RoundTripSpread spread = spread(result);
    return spread == null || spread.jitterNanos().isEmpty() ? null : spread.jitterNanos();
  }

  private static @Nullable OptionalLong connectionAge(ProbeResult result) {
    return present(result.session(), SessionFacts::connectionAgeNanos);
  }

  private static @Nullable OptionalLong lastPong(ProbeResult result) {
    return present(result.session(), SessionFacts::lastPongEpochMillis);
  }

  /** The metrics of {@code result} in the text format, for people. */
  public static String text(ProbeResult result) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      write(result, ExpositionFormat.TEXT, out);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory does not fail", e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static @Nullable OptionalLong present(
      @Nullable SessionFacts session, Function<SessionFacts, OptionalLong> fact) {
    OptionalLong found = session == null ? OptionalLong.empty() : fact.apply(session);
    return found.isPresent() ? found : null;
  }

  private static @Nullable ChainFacts chain(ProbeResult result) {
    return result.tls() == null ? null : result.tls().chain();
  }

  /** Of what is kept of a target with a name, the leaf is left out. */
  private static @Nullable ChainFacts chainThatIsShown(ProbeResult result) {
    ChainFacts chain = chain(result);
    return chain == null || chain.fingerprintSha256().isEmpty() ? null : chain;
  }

  /** Fowler, Noll and Vo's hash of the address's bytes, as blackbox_exporter makes it. */
  private static long fnv1a(InetAddress address) {
    int hash = 0x811c9dc5;
    for (byte part : address.getAddress()) {
      hash = (hash ^ (part & 0xff)) * 0x01000193;
    }
    return Integer.toUnsignedLong(hash);
  }
}
