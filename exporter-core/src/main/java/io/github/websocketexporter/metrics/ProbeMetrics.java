package io.github.websocketexporter.metrics;

import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one probe: a pure function of its result. {@link #ROWS} is the whole list; a new
 * metric is a row in it. No metric carries the target: the scraper labels it.
 */
public final class ProbeMetrics {
  private static final double NANOS_PER_SECOND = 1e9;

  private static final List<Row> ROWS =
      List.of(
          // The first six are in every answer, zero where they were not reached.
          Row.gauge(
              "probe_success",
              "Whether all that the module asks for held (1) or not (0).",
              result -> flag(result.success())),
          Row.gauge(
              "probe_duration_seconds",
              "Time from the start of the probe to its answer.",
              result -> seconds(result.durationNanos())),
          Row.gauge(
              "probe_websocket_up",
              "Whether the WebSocket connection was established: a valid 101 came.",
              result -> flag(result.connected())),
          Row.gauge(
              "probe_websocket_connection_duration_seconds",
              "Time from the start of the probe to the valid 101: resolve, connect, tls and upgrade."
                  + " 0 if it did not come.",
              result -> seconds(result.connectionNanos().orElse(0))),
          Row.gauge(
              "probe_websocket_ping_pong_success",
              "Whether the PONG that matches the PING came.",
              result -> flag(result.roundTrip() != null)),
          Row.gauge(
              "probe_websocket_ping_pong_duration_seconds",
              "Time from handing the PING to the socket to the arrival of its PONG."
                  + " 0 if it did not come.",
              result -> result.roundTrip() == null ? 0 : seconds(result.roundTrip().nanos())),
          Row.gauge(
              "probe_websocket_ping_pong_uncertainty_seconds",
              "How much of probe_websocket_ping_pong_duration_seconds may be the exporter's own"
                  + " delay: what it can see of that, not a proof.",
              ProbeResult::roundTrip,
              roundTrip -> seconds(roundTrip.uncertaintyNanos())),
          Row.info(
              "probe_websocket_ping_pong_clock",
              "What stamped the arrival of the PONG: the kernel as it came in, or the exporter's"
                  + " event loop when it read it.",
              ProbeResult::roundTrip,
              roundTrip -> Labels.of("clock", roundTrip.clock().label())),
          Row.phases(
              "probe_websocket_duration_seconds",
              "Duration of each phase that ran; of the phase that failed, the time until it did."
                  + " resolve, connect and tls hold the exporter's own scheduling too.",
              ProbeMetrics::seconds),
          Row.info(
              "probe_failure",
              "The phase in which the probe failed, and the reason. Only on failure.",
              ProbeResult::failure,
              failure ->
                  Labels.of("phase", failure.phase().label(), "reason", failure.reason().label())),
          Row.gauge(
              "probe_timeout_seconds",
              "The longest that this probe was allowed to take.",
              result -> seconds(result.request().limit().toNanos())),
          Row.gauge(
              "probe_websocket_connection_upgraded",
              "The same as probe_websocket_up, under the name that blackbox_exporter has for it.",
              result -> flag(result.connected())),
          Row.gauge(
              "probe_websocket_status_code",
              "HTTP status that answered the upgrade request.",
              ProbeResult::upgrade,
              UpgradeFacts::statusCode),
          Row.info(
              "probe_websocket_handshake",
              "What the upgrade agreed on; empty where nothing was.",
              result -> result.connected() ? result.upgrade() : null,
              upgrade ->
                  Labels.of(
                      "subprotocol",
                      PeerText.label(upgrade.subprotocol()),
                      "extensions",
                      PeerText.label(upgrade.extensions()))),
          Row.gauge(
              "probe_websocket_ssl",
              "Whether the target is probed with TLS: wss (1) or ws (0).",
              result -> flag(result.request().target().secure())),
          Row.gauge(
              "probe_ip_protocol",
              "IP protocol of the address that was chosen: 4 or 6.",
              ProbeResult::address,
              address -> AddressFamily.of(address).version()),
          Row.gauge(
              "probe_ip_addr_hash",
              "FNV-1a hash (32 bits) of the address that was chosen: shows that it changed.",
              ProbeResult::address,
              ProbeMetrics::fnv1a),
          Row.gauge(
              "probe_dns_lookup_time_seconds",
              "The same as probe_websocket_duration_seconds of phase resolve, under the name that"
                  + " blackbox_exporter has for it.",
              ProbeMetrics::resolveNanos,
              ProbeMetrics::seconds),
          Row.gauge(
              "probe_tcp_rtt_seconds",
              "Smoothed round-trip time of the TCP connection as the kernel saw it, at the end of"
                  + " the probe (TCP_INFO).",
              ProbeResult::tcp,
              tcp -> seconds(tcp.rttNanos())),
          Row.gauge(
              "probe_tcp_rtt_variance_seconds",
              "Mean deviation of probe_tcp_rtt_seconds (TCP_INFO).",
              ProbeResult::tcp,
              tcp -> seconds(tcp.rttVarianceNanos())),
          Row.gauge(
              "probe_tcp_retransmits",
              "Segments that the kernel sent again on this connection (TCP_INFO).",
              ProbeResult::tcp,
              TcpFacts::retransmits),
          Row.gauge(
              "probe_websocket_tls_verified",
              "Whether the certificate chain and the name in it were found good (1) or not (0).",
              ProbeResult::tls,
              tls -> flag(tls.verified())),
          Row.info(
              "probe_tls_version",
              "The TLS version that was negotiated.",
              result -> result.tls() == null ? null : result.tls().version(),
              version -> Labels.of("version", PeerText.label(version))),
          Row.info(
              "probe_tls_cipher",
              "The TLS cipher suite that was negotiated.",
              result -> result.tls() == null ? null : result.tls().cipher(),
              cipher -> Labels.of("cipher", PeerText.label(cipher))),
          Row.gauge(
              "probe_ssl_earliest_cert_expiry",
              "Earliest end of validity among the certificates that the peer presented, in unix"
                  + " time.",
              ProbeMetrics::chain,
              ChainFacts::earliestExpirySeconds),
          Row.gauge(
              "probe_ssl_last_chain_expiry_timestamp_seconds",
              "Earliest end of validity along the chain from the leaf to the trusted authority, in"
                  + " unix time.",
              ProbeMetrics::chain,
              ChainFacts::lastChainExpirySeconds),
          Row.info(
              "probe_ssl_last_chain",
              "The leaf of the chain that the peer presented.",
              ProbeMetrics::chain,
              ProbeMetrics::leaf),
          Row.gauge(
              "probe_websocket_pings_sent",
              "PINGs sent by this probe.",
              ProbeResult::pings,
              PingStatistics::sent),
          Row.gauge(
              "probe_websocket_pongs_received",
              "PONGs that carried the payload of one of this probe's PINGs.",
              ProbeResult::pings,
              PingStatistics::received),
          Row.gauge(
              "probe_websocket_unmatched_pongs",
              "PONGs that carried anything else.",
              ProbeResult::pings,
              PingStatistics::unmatched));

  private ProbeMetrics() {}

  /** The metrics of {@code result}. Pure; may be called on any thread. */
  public static MetricSnapshots of(ProbeResult result) {
    List<MetricSnapshot> snapshots = new ArrayList<>(ROWS.size());
    for (Row row : ROWS) {
      MetricSnapshot snapshot = row.of(result);
      if (snapshot != null) {
        snapshots.add(snapshot);
      }
    }
    return new MetricSnapshots(snapshots);
  }

  private static @Nullable Long resolveNanos(ProbeResult result) {
    return result.timings().ran(Phase.RESOLVE) ? result.timings().nanos(Phase.RESOLVE) : null;
  }

  private static @Nullable ChainFacts chain(ProbeResult result) {
    return result.tls() == null ? null : result.tls().chain();
  }

  private static Labels leaf(ChainFacts chain) {
    return Labels.of(
        "fingerprint_sha256",
        chain.fingerprintSha256(),
        "subject",
        PeerText.label(chain.subject()),
        "issuer",
        PeerText.label(chain.issuer()),
        "subjectalternative",
        PeerText.label(chain.subjectAlternative()),
        "serialnumber",
        PeerText.label(chain.serialNumber()));
  }

  /** Fowler, Noll and Vo's hash of the address's bytes, as blackbox_exporter makes it. */
  private static double fnv1a(InetAddress address) {
    int hash = 0x811c9dc5;
    for (byte part : address.getAddress()) {
      hash = (hash ^ (part & 0xff)) * 0x01000193;
    }
    return Integer.toUnsignedLong(hash);
  }

  private static double flag(boolean value) {
    return value ? 1 : 0;
  }

  private static double seconds(long nanos) {
    return nanos / NANOS_PER_SECOND;
  }
}
