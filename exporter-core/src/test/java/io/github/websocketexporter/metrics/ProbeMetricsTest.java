package io.github.websocketexporter.metrics;

import static io.github.websocketexporter.metrics.Results.CHAIN;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.Disconnect;
import io.github.websocketexporter.probe.DisconnectReason;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.MessageFacts;
import io.github.websocketexporter.probe.Mismatch;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.RoundTripHistogram;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeMetricsTest {
  /** In every answer, whatever became of the probe: the seed's. */
  private static final List<String> SEED =
      List.of(
          "probe_success",
          "probe_duration_seconds",
          "probe_websocket_up",
          "probe_websocket_connection_duration_seconds",
          "probe_websocket_ping_pong_success",
          "probe_websocket_ping_pong_duration_seconds");

  /** All names that design/METRICS.md has for what this version finds. */
  private static final List<String> CONTRACT =
      Stream.concat(
              SEED.stream(),
              Stream.of(
                  "probe_websocket_ping_pong_uncertainty_seconds",
                  "probe_websocket_ping_pong_clock_info",
                  "probe_websocket_duration_seconds",
                  "probe_failure_info",
                  "probe_timeout_seconds",
                  "probe_websocket_connection_upgraded",
                  "probe_websocket_status_code",
                  "probe_websocket_handshake_info",
                  "probe_ip_protocol",
                  "probe_ip_addr_hash",
                  "probe_dns_lookup_time_seconds",
                  "probe_tcp_rtt_seconds",
                  "probe_tcp_rtt_variance_seconds",
                  "probe_tcp_retransmits",
                  "probe_websocket_ssl",
                  "probe_ssl_earliest_cert_expiry",
                  "probe_ssl_last_chain_expiry_timestamp_seconds",
                  "probe_ssl_last_chain_info",
                  "probe_tls_version_info",
                  "probe_tls_cipher_info",
                  "probe_websocket_tls_verified",
                  "probe_websocket_message_duration_seconds",
                  "probe_websocket_failed_due_to_regex",
                  "probe_websocket_extracted_value",
                  "probe_websocket_pings_sent",
                  "probe_websocket_pongs_received",
                  "probe_websocket_unmatched_pongs",
                  "probe_websocket_ping_pong_min_seconds",
                  "probe_websocket_ping_pong_mean_seconds",
                  "probe_websocket_ping_pong_max_seconds",
                  "probe_websocket_ping_pong_jitter_seconds",
                  "probe_websocket_ping_pong_loss_ratio",
                  "probe_websocket_pings_total",
                  "probe_websocket_pongs_total",
                  "probe_websocket_pongs_late_total",
                  "probe_websocket_pings_lost_total",
                  "probe_websocket_connects_total",
                  "probe_websocket_disconnects_total",
                  "probe_websocket_ping_rtt_seconds",
                  "probe_websocket_connection_age_seconds",
                  "probe_websocket_last_pong_timestamp_seconds"))
          .toList();

  private static final String LAST_CHAIN_INFO =
      "probe_ssl_last_chain_info{"
          + "fingerprint_sha256=\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\","
          + "issuer=\"CN=Authority\",serialnumber=\"2af1\",subject=\"CN=node.test,O=Nodes\","
          + "subjectalternative=\"node.test,*.node.test,198.51.100.7\"} 1";

  private static final TcpFacts TCP = new TcpFacts(250_000, 125_000, 2);
  private static final TlsFacts VERIFIED =
      new TlsFacts(true, "TLS 1.3", "TLS_AES_128_GCM_SHA256", CHAIN);

  /** One result of each kind, for what holds of all. */
  static final List<ProbeResult> ALL =
      List.of(
          Results.successOverTls(),
          successWithLiteralAddress(),
          failureInResolve(),
          failureInConnect(),
          failureInTls(),
          failureOfVerification(),
          failureInUpgrade(),
          failureOfAccept(),
          successWithMessages(),
          failureInMessages(),
          failureInPing(),
          successOfABurst(),
          sessionThatIsThere(),
          sessionThatIsDown(),
          Results.held(failureInConnect(), Results.NEW_SESSION),
          Results.failure(Phase.CONNECT, FailureReason.CANCELLED));

  @Test
  void rendersASuccessOverTls() {
    assertThat(Results.text(Results.successOverTls()))
        .isEqualTo(
            """
            # HELP probe_dns_lookup_time_seconds The same as probe_websocket_duration_seconds of phase resolve, under the name that blackbox_exporter has for it.
            # TYPE probe_dns_lookup_time_seconds gauge
            probe_dns_lookup_time_seconds 0.001
            # HELP probe_duration_seconds Time from the start of the probe to its answer.
            # TYPE probe_duration_seconds gauge
            probe_duration_seconds 0.016
            # HELP probe_ip_addr_hash FNV-1a hash (32 bits) of the address to connect to, the proxy's where there is one: shows that it changed.
            # TYPE probe_ip_addr_hash gauge
            probe_ip_addr_hash 1969986452.0
            # HELP probe_ip_protocol IP protocol of the address to connect to, the proxy's where there is one: 4 or 6.
            # TYPE probe_ip_protocol gauge
            probe_ip_protocol 4.0
            # HELP probe_ssl_earliest_cert_expiry Earliest end of validity among the certificates that the peer presented, in unix time.
            # TYPE probe_ssl_earliest_cert_expiry gauge
            probe_ssl_earliest_cert_expiry 1767225600.0
            # HELP probe_ssl_last_chain_info The leaf of the chain that the peer presented.
            # TYPE probe_ssl_last_chain_info gauge
            probe_ssl_last_chain_info{fingerprint_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",issuer="CN=Authority",serialnumber="2af1",subject="CN=node.test,O=Nodes",subjectalternative="node.test,*.node.test,198.51.100.7"} 1
            # HELP probe_ssl_last_chain_expiry_timestamp_seconds Earliest end of validity along the chain from the leaf to the trusted authority, in unix time.
            # TYPE probe_ssl_last_chain_expiry_timestamp_seconds gauge
            probe_ssl_last_chain_expiry_timestamp_seconds 1798761600.0
            # HELP probe_success Whether all that the module asks for held (1) or not (0).
            # TYPE probe_success gauge
            probe_success 1.0
            # HELP probe_tcp_retransmits Segments that the kernel sent again on this connection (TCP_INFO).
            # TYPE probe_tcp_retransmits gauge
            probe_tcp_retransmits 2.0
            # HELP probe_tcp_rtt_seconds Smoothed round-trip time of the TCP connection as the kernel saw it, at the end of the probe (TCP_INFO).
            # TYPE probe_tcp_rtt_seconds gauge
            probe_tcp_rtt_seconds 0.00025
            # HELP probe_tcp_rtt_variance_seconds Mean deviation of probe_tcp_rtt_seconds (TCP_INFO).
            # TYPE probe_tcp_rtt_variance_seconds gauge
            probe_tcp_rtt_variance_seconds 0.000125
            # HELP probe_timeout_seconds The longest that this probe was allowed to take.
            # TYPE probe_timeout_seconds gauge
            probe_timeout_seconds 9.5
            # HELP probe_tls_cipher_info The TLS cipher suite that was negotiated.
            # TYPE probe_tls_cipher_info gauge
            probe_tls_cipher_info{cipher="TLS_AES_128_GCM_SHA256"} 1
            # HELP probe_tls_version_info The TLS version that was negotiated.
            # TYPE probe_tls_version_info gauge
            probe_tls_version_info{version="TLS 1.3"} 1
            # HELP probe_websocket_connection_duration_seconds Time from the start to the valid 101: resolve, connect, proxy, tls and upgrade. 0 if it did not come.
            # TYPE probe_websocket_connection_duration_seconds gauge
            probe_websocket_connection_duration_seconds 0.01525
            # HELP probe_websocket_connection_upgraded The same as probe_websocket_up, under the name that blackbox_exporter has for it.
            # TYPE probe_websocket_connection_upgraded gauge
            probe_websocket_connection_upgraded 1.0
            # HELP probe_websocket_duration_seconds Duration of each phase that ran; of the phase that failed, the time until it did. resolve, connect and tls hold the exporter's own scheduling too. Of a held connection, as it was made, and the newest ping.
            # TYPE probe_websocket_duration_seconds gauge
            probe_websocket_duration_seconds{phase="connect"} 0.002
            probe_websocket_duration_seconds{phase="ping"} 0.0005
            probe_websocket_duration_seconds{phase="resolve"} 0.001
            probe_websocket_duration_seconds{phase="tls"} 0.004
            probe_websocket_duration_seconds{phase="upgrade"} 0.008
            # HELP probe_websocket_handshake_info What the upgrade agreed on; empty where nothing was.
            # TYPE probe_websocket_handshake_info gauge
            probe_websocket_handshake_info{extensions="permessage-deflate",subprotocol="chat"} 1
            # HELP probe_websocket_ping_pong_clock_info What stamped the arrival of the PONG: the kernel as it came in, or the exporter's event loop when it read it.
            # TYPE probe_websocket_ping_pong_clock_info gauge
            probe_websocket_ping_pong_clock_info{clock="kernel"} 1
            # HELP probe_websocket_ping_pong_duration_seconds Time from handing the PING to the socket to the arrival of its PONG; of several, the median; of a held connection, the newest. 0 if none came.
            # TYPE probe_websocket_ping_pong_duration_seconds gauge
            probe_websocket_ping_pong_duration_seconds 0.0005
            # HELP probe_websocket_ping_pong_success Whether the PONG that matches the PING came; of several, as many as the module asks for; of a held connection, the newest.
            # TYPE probe_websocket_ping_pong_success gauge
            probe_websocket_ping_pong_success 1.0
            # HELP probe_websocket_ping_pong_uncertainty_seconds How much of probe_websocket_ping_pong_duration_seconds may be the exporter's own delay: what it can see of that, not a proof.
            # TYPE probe_websocket_ping_pong_uncertainty_seconds gauge
            probe_websocket_ping_pong_uncertainty_seconds 0.0000015
            # HELP probe_websocket_pings_sent PINGs sent by this probe; of a held connection, from scrape to scrape.
            # TYPE probe_websocket_pings_sent gauge
            probe_websocket_pings_sent 1.0
            # HELP probe_websocket_pongs_received PONGs that carried the payload of one of the PINGs that were sent, in time.
            # TYPE probe_websocket_pongs_received gauge
            probe_websocket_pongs_received 1.0
            # HELP probe_websocket_ssl Whether the target is probed with TLS: wss (1) or ws (0).
            # TYPE probe_websocket_ssl gauge
            probe_websocket_ssl 1.0
            # HELP probe_websocket_status_code HTTP status that answered the upgrade request.
            # TYPE probe_websocket_status_code gauge
            probe_websocket_status_code 101.0
            # HELP probe_websocket_tls_verified Whether the certificate chain and the name in it were found good (1) or not (0).
            # TYPE probe_websocket_tls_verified gauge
            probe_websocket_tls_verified 1.0
            # HELP probe_websocket_unmatched_pongs PONGs that carried anything else, came again, or came too late.
            # TYPE probe_websocket_unmatched_pongs gauge
            probe_websocket_unmatched_pongs 0.0
            # HELP probe_websocket_up Whether the WebSocket connection is established: a valid 101 came.
            # TYPE probe_websocket_up gauge
            probe_websocket_up 1.0
            """);
  }

  @Test
  void rendersAFailure() {
    assertThat(Results.text(failureInResolve()))
        .isEqualTo(
            """
            # HELP probe_dns_lookup_time_seconds The same as probe_websocket_duration_seconds of phase resolve, under the name that blackbox_exporter has for it.
            # TYPE probe_dns_lookup_time_seconds gauge
            probe_dns_lookup_time_seconds 2.0
            # HELP probe_duration_seconds Time from the start of the probe to its answer.
            # TYPE probe_duration_seconds gauge
            probe_duration_seconds 2.00025
            # HELP probe_failure_info The phase in which the probe failed, and the reason. Only on failure.
            # TYPE probe_failure_info gauge
            probe_failure_info{phase="resolve",reason="dns_timeout"} 1
            # HELP probe_success Whether all that the module asks for held (1) or not (0).
            # TYPE probe_success gauge
            probe_success 0.0
            # HELP probe_timeout_seconds The longest that this probe was allowed to take.
            # TYPE probe_timeout_seconds gauge
            probe_timeout_seconds 9.5
            # HELP probe_websocket_connection_duration_seconds Time from the start to the valid 101: resolve, connect, proxy, tls and upgrade. 0 if it did not come.
            # TYPE probe_websocket_connection_duration_seconds gauge
            probe_websocket_connection_duration_seconds 0.0
            # HELP probe_websocket_connection_upgraded The same as probe_websocket_up, under the name that blackbox_exporter has for it.
            # TYPE probe_websocket_connection_upgraded gauge
            probe_websocket_connection_upgraded 0.0
            # HELP probe_websocket_duration_seconds Duration of each phase that ran; of the phase that failed, the time until it did. resolve, connect and tls hold the exporter's own scheduling too. Of a held connection, as it was made, and the newest ping.
            # TYPE probe_websocket_duration_seconds gauge
            probe_websocket_duration_seconds{phase="resolve"} 2.0
            # HELP probe_websocket_ping_pong_duration_seconds Time from handing the PING to the socket to the arrival of its PONG; of several, the median; of a held connection, the newest. 0 if none came.
            # TYPE probe_websocket_ping_pong_duration_seconds gauge
            probe_websocket_ping_pong_duration_seconds 0.0
            # HELP probe_websocket_ping_pong_success Whether the PONG that matches the PING came; of several, as many as the module asks for; of a held connection, the newest.
            # TYPE probe_websocket_ping_pong_success gauge
            probe_websocket_ping_pong_success 0.0
            # HELP probe_websocket_ssl Whether the target is probed with TLS: wss (1) or ws (0).
            # TYPE probe_websocket_ssl gauge
            probe_websocket_ssl 1.0
            # HELP probe_websocket_up Whether the WebSocket connection is established: a valid 101 came.
            # TYPE probe_websocket_up gauge
            probe_websocket_up 0.0
            """);
  }

  @Test
  void hasNeitherResolveNorTlsNorTcpForALiteralAddressOverWsByNio() {
    assertThat(Results.samples(successWithLiteralAddress()))
        .containsExactly(
            "probe_duration_seconds 0.011",
            "probe_ip_addr_hash 1751717746.0",
            "probe_ip_protocol 6.0",
            "probe_success 1.0",
            "probe_timeout_seconds 9.5",
            "probe_websocket_connection_duration_seconds 0.01",
            "probe_websocket_connection_upgraded 1.0",
            "probe_websocket_duration_seconds{phase=\"connect\"} 0.002",
            "probe_websocket_duration_seconds{phase=\"ping\"} 0.001",
            "probe_websocket_duration_seconds{phase=\"upgrade\"} 0.008",
            "probe_websocket_handshake_info{extensions=\"\",subprotocol=\"\"} 1",
            "probe_websocket_ping_pong_clock_info{clock=\"loop\"} 1",
            "probe_websocket_ping_pong_duration_seconds 0.001",
            "probe_websocket_ping_pong_success 1.0",
            "probe_websocket_ping_pong_uncertainty_seconds 0.00025",
            "probe_websocket_pings_sent 1.0",
            "probe_websocket_pongs_received 1.0",
            "probe_websocket_ssl 0.0",
            "probe_websocket_status_code 101.0",
            "probe_websocket_unmatched_pongs 3.0",
            "probe_websocket_up 1.0");
  }

  @Test
  void endsWithTheConnectThatWasRefused() {
    assertThat(Results.samples(failureInConnect()))
        .containsExactly(
            "probe_dns_lookup_time_seconds 0.001",
            "probe_duration_seconds 0.003",
            "probe_failure_info{phase=\"connect\",reason=\"connect_refused\"} 1",
            "probe_ip_addr_hash 1969986452.0",
            "probe_ip_protocol 4.0",
            "probe_success 0.0",
            "probe_timeout_seconds 9.5",
            "probe_websocket_connection_duration_seconds 0.0",
            "probe_websocket_connection_upgraded 0.0",
            "probe_websocket_duration_seconds{phase=\"connect\"} 0.002",
            "probe_websocket_duration_seconds{phase=\"resolve\"} 0.001",
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_ssl 1.0",
            "probe_websocket_up 0.0");
  }

  @Test
  void hasNoFactOfTlsWhereThePeerPresentedNoCertificate() {
    assertThat(Results.samples(failureInTls()))
        .containsExactly(
            "probe_dns_lookup_time_seconds 0.001",
            "probe_duration_seconds 0.007",
            "probe_failure_info{phase=\"tls\",reason=\"tls_protocol\"} 1",
            "probe_ip_addr_hash 1969986452.0",
            "probe_ip_protocol 4.0",
            "probe_success 0.0",
            "probe_timeout_seconds 9.5",
            "probe_websocket_connection_duration_seconds 0.0",
            "probe_websocket_connection_upgraded 0.0",
            "probe_websocket_duration_seconds{phase=\"connect\"} 0.002",
            "probe_websocket_duration_seconds{phase=\"resolve\"} 0.001",
            "probe_websocket_duration_seconds{phase=\"tls\"} 0.004",
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_ssl 1.0",
            "probe_websocket_up 0.0");
  }

  @Test
  void showsTheChainButNeitherVersionNorCipherWhereTheVerificationFailed() {
    assertThat(Results.samples(failureOfVerification()))
        .containsExactly(
            "probe_dns_lookup_time_seconds 0.001",
            "probe_duration_seconds 0.007",
            "probe_failure_info{phase=\"tls\",reason=\"tls_certificate_expired\"} 1",
            "probe_ip_addr_hash 1969986452.0",
            "probe_ip_protocol 4.0",
            "probe_ssl_earliest_cert_expiry 1767225600.0",
            LAST_CHAIN_INFO,
            "probe_ssl_last_chain_expiry_timestamp_seconds 1798761600.0",
            "probe_success 0.0",
            "probe_tcp_retransmits 2.0",
            "probe_tcp_rtt_seconds 0.00025",
            "probe_tcp_rtt_variance_seconds 0.000125",
            "probe_timeout_seconds 9.5",
            "probe_websocket_connection_duration_seconds 0.0",
            "probe_websocket_connection_upgraded 0.0",
            "probe_websocket_duration_seconds{phase=\"connect\"} 0.002",
            "probe_websocket_duration_seconds{phase=\"resolve\"} 0.001",
            "probe_websocket_duration_seconds{phase=\"tls\"} 0.004",
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_ssl 1.0",
            "probe_websocket_tls_verified 0.0",
            "probe_websocket_up 0.0");
  }

  @Test
  void showsTheStatusThatRefusedTheUpgrade() {
    assertThat(Results.samples(failureInUpgrade()))
        .containsExactly(
            "probe_dns_lookup_time_seconds 0.001",
            "probe_duration_seconds 0.015",
            "probe_failure_info{phase=\"upgrade\",reason=\"upgrade_status\"} 1",
            "probe_ip_addr_hash 1969986452.0",
            "probe_ip_protocol 4.0",
            "probe_ssl_earliest_cert_expiry 1767225600.0",
            LAST_CHAIN_INFO,
            "probe_ssl_last_chain_expiry_timestamp_seconds 1798761600.0",
            "probe_success 0.0",
            "probe_tcp_retransmits 2.0",
            "probe_tcp_rtt_seconds 0.00025",
            "probe_tcp_rtt_variance_seconds 0.000125",
            "probe_timeout_seconds 9.5",
            "probe_tls_cipher_info{cipher=\"TLS_AES_128_GCM_SHA256\"} 1",
            "probe_tls_version_info{version=\"TLS 1.3\"} 1",
            "probe_websocket_connection_duration_seconds 0.0",
            "probe_websocket_connection_upgraded 0.0",
            "probe_websocket_duration_seconds{phase=\"connect\"} 0.002",
            "probe_websocket_duration_seconds{phase=\"resolve\"} 0.001",
            "probe_websocket_duration_seconds{phase=\"tls\"} 0.004",
            "probe_websocket_duration_seconds{phase=\"upgrade\"} 0.008",
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_ssl 1.0",
            "probe_websocket_status_code 403.0",
            "probe_websocket_tls_verified 1.0",
            "probe_websocket_up 0.0");
  }

  @Test
  void hasNoHandshakeWhereThe101WasNotValid() {
    assertThat(Results.samples(failureOfAccept()))
        .containsExactly(
            "probe_dns_lookup_time_seconds 0.001",
            "probe_duration_seconds 0.015",
            "probe_failure_info{phase=\"upgrade\",reason=\"upgrade_accept_mismatch\"} 1",
            "probe_ip_addr_hash 1969986452.0",
            "probe_ip_protocol 4.0",
            "probe_ssl_earliest_cert_expiry 1767225600.0",
            LAST_CHAIN_INFO,
            "probe_ssl_last_chain_expiry_timestamp_seconds 1798761600.0",
            "probe_success 0.0",
            "probe_tcp_retransmits 2.0",
            "probe_tcp_rtt_seconds 0.00025",
            "probe_tcp_rtt_variance_seconds 0.000125",
            "probe_timeout_seconds 9.5",
            "probe_tls_cipher_info{cipher=\"TLS_AES_128_GCM_SHA256\"} 1",
            "probe_tls_version_info{version=\"TLS 1.3\"} 1",
            "probe_websocket_connection_duration_seconds 0.0",
            "probe_websocket_connection_upgraded 0.0",
            "probe_websocket_duration_seconds{phase=\"connect\"} 0.002",
            "probe_websocket_duration_seconds{phase=\"resolve\"} 0.001",
            "probe_websocket_duration_seconds{phase=\"tls\"} 0.004",
            "probe_websocket_duration_seconds{phase=\"upgrade\"} 0.008",
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_ssl 1.0",
            "probe_websocket_status_code 101.0",
            "probe_websocket_tls_verified 1.0",
            "probe_websocket_up 0.0");
  }

  @Test
  void isUpWithoutSuccessWhereOnlyThePongIsMissing() {
    assertThat(Results.samples(failureInPing()))
        .containsExactly(
            "probe_dns_lookup_time_seconds 0.001",
            "probe_duration_seconds 9.5",
            "probe_failure_info{phase=\"ping\",reason=\"pong_timeout\"} 1",
            "probe_ip_addr_hash 1969986452.0",
            "probe_ip_protocol 4.0",
            "probe_ssl_earliest_cert_expiry 1767225600.0",
            LAST_CHAIN_INFO,
            "probe_ssl_last_chain_expiry_timestamp_seconds 1798761600.0",
            "probe_success 0.0",
            "probe_tcp_retransmits 2.0",
            "probe_tcp_rtt_seconds 0.00025",
            "probe_tcp_rtt_variance_seconds 0.000125",
            "probe_timeout_seconds 9.5",
            "probe_tls_cipher_info{cipher=\"TLS_AES_128_GCM_SHA256\"} 1",
            "probe_tls_version_info{version=\"TLS 1.3\"} 1",
            "probe_websocket_connection_duration_seconds 0.015",
            "probe_websocket_connection_upgraded 1.0",
            "probe_websocket_duration_seconds{phase=\"connect\"} 0.002",
            "probe_websocket_duration_seconds{phase=\"ping\"} 9.485",
            "probe_websocket_duration_seconds{phase=\"resolve\"} 0.001",
            "probe_websocket_duration_seconds{phase=\"tls\"} 0.004",
            "probe_websocket_duration_seconds{phase=\"upgrade\"} 0.008",
            "probe_websocket_handshake_info{extensions=\"\",subprotocol=\"chat\"} 1",
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_pings_sent 1.0",
            "probe_websocket_pongs_received 0.0",
            "probe_websocket_ssl 1.0",
            "probe_websocket_status_code 101.0",
            "probe_websocket_tls_verified 1.0",
            "probe_websocket_unmatched_pongs 2.0",
            "probe_websocket_up 1.0");
  }

  @Test
  void hasADurationOfEachStepAndAValueOfEachGroupInTheOrderOfTheirNames() {
    assertThat(Results.samples(successWithMessages()))
        .containsSubsequence(
            "probe_websocket_duration_seconds{phase=\"messages\"} 0.02",
            "probe_websocket_extracted_value{name=\"height\"} 21000000.0",
            "probe_websocket_extracted_value{name=\"ratio\"} 0.25",
            "probe_websocket_failed_due_to_regex 0.0",
            "probe_websocket_message_duration_seconds{step=\"block\"} 0.015",
            "probe_websocket_message_duration_seconds{step=\"hello\"} 0.005");
  }

  @Test
  void saysThatAMessageWasNotTheExpectedOne() {
    assertThat(Results.samples(failureInMessages()))
        .contains("probe_websocket_failed_due_to_regex 1.0")
        .noneMatch(line -> line.startsWith("probe_websocket_extracted_value"))
        .noneMatch(line -> line.startsWith("probe_websocket_message_duration_seconds"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-1, -1.0",
    "0.1, 0.1",
    "1e-9, 0.000000001",
    "123456789.125, 123456789.125",
    "1e21, 1000000000000000000000.0",
    "18446744073709551615, 18446744073709552000.0"
  })
  void writesNumbersWithoutAnExponent(double number, String written) {
    ProbeResult result =
        Results.builder()
            .messages(
                new MessageFacts("1", 0, null, new TreeMap<>(), new TreeMap<>(Map.of("n", number))))
            .build(1, null);

    assertThat(Results.samples(result))
        .contains("probe_websocket_extracted_value{name=\"n\"} " + written);
  }

  @Test
  void hasTheMedianAndTheSpreadOfSeveralPings() {
    assertThat(pingSamples(successOfABurst()))
        .containsExactly(
            "probe_websocket_ping_pong_clock_info{clock=\"kernel\"} 1",
            "probe_websocket_ping_pong_duration_seconds 0.003",
            "probe_websocket_ping_pong_jitter_seconds 0.0045",
            "probe_websocket_ping_pong_loss_ratio 0.4",
            "probe_websocket_ping_pong_max_seconds 0.008",
            "probe_websocket_ping_pong_mean_seconds 0.004",
            "probe_websocket_ping_pong_min_seconds 0.001",
            "probe_websocket_ping_pong_success 1.0",
            "probe_websocket_ping_pong_uncertainty_seconds 0.000002",
            "probe_websocket_pings_sent 5.0",
            "probe_websocket_pongs_received 3.0",
            "probe_websocket_unmatched_pongs 1.0");
  }

  @Test
  void hasWhatWasMeasuredWhereTooManyPongsAreMissing() {
    ProbeResult result =
        burst(0.1, roundTrips(2_000_000))
            .build(2_000_000_000L, new Failure(Phase.PING, FailureReason.PONG_LOSS));

    assertThat(pingSamples(result))
        .containsExactly(
            "probe_websocket_ping_pong_clock_info{clock=\"kernel\"} 1",
            "probe_websocket_ping_pong_duration_seconds 0.002",
            "probe_websocket_ping_pong_loss_ratio 0.8",
            "probe_websocket_ping_pong_max_seconds 0.002",
            "probe_websocket_ping_pong_mean_seconds 0.002",
            "probe_websocket_ping_pong_min_seconds 0.002",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_ping_pong_uncertainty_seconds 0.000002",
            "probe_websocket_pings_sent 5.0",
            "probe_websocket_pongs_received 1.0",
            "probe_websocket_unmatched_pongs 1.0");
  }

  @Test
  void hasOnlyTheLossWhereNoneOfSeveralPongsCame() {
    ProbeResult result =
        burst(1, List.of())
            .build(2_000_000_000L, new Failure(Phase.PING, FailureReason.PONG_TIMEOUT));

    assertThat(pingSamples(result))
        .containsExactly(
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_loss_ratio 1.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_pings_sent 5.0",
            "probe_websocket_pongs_received 0.0",
            "probe_websocket_unmatched_pongs 1.0");
  }

  @Test
  void succeedsWithoutAPingWhereTheModuleSendsNone() {
    ProbeResult result =
        ProbeResult.builder(Results.request("ws://[::1]/", module(0, 0)))
            .connectionNanos(10_000_000)
            .build(11_000_000, null);

    assertThat(Results.samples(result)).contains("probe_success 1.0", "probe_websocket_up 1.0");
    assertThat(pingSamples(result))
        .containsExactly(
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_success 0.0");
  }

  @Test
  void hasTheCountersOfAConnectionThatIsHeld() {
    assertThat(Results.text(sessionThatIsThere()))
        .contains(
            """
            # HELP probe_websocket_connects_total How often the session's connection was established.
            # TYPE probe_websocket_connects_total counter
            probe_websocket_connects_total 4.0
            # HELP probe_websocket_disconnects_total How often the session's connection ended, by reason, and by the status code of the peer's Close where there was one.
            # TYPE probe_websocket_disconnects_total counter
            probe_websocket_disconnects_total{code="",reason="connection_reset"} 1.0
            probe_websocket_disconnects_total{code="",reason="pong_timeout"} 1.0
            probe_websocket_disconnects_total{code="1001",reason="closed_by_peer"} 1.0
            """);
    assertThat(Results.samples(sessionThatIsThere()))
        .contains(
            "probe_websocket_pings_total 86400.0",
            "probe_websocket_pings_lost_total 7.0",
            "probe_websocket_pongs_total 86392.0",
            "probe_websocket_pongs_late_total 2.0",
            "probe_websocket_connection_age_seconds 3600.25",
            "probe_websocket_last_pong_timestamp_seconds 1795716342.125",
            "probe_websocket_ping_pong_success 1.0");
  }

  @Test
  void namesCountersWithoutTheirTotalInOpenMetrics() {
    assertThat(Results.openMetrics(sessionThatIsThere()))
        .contains(
            """
            # TYPE probe_websocket_pings counter
            # HELP probe_websocket_pings PINGs sent since the session began, or messages in their place.
            probe_websocket_pings_total 86400.0
            """);
  }

  @Test
  void hasTheRoundTripsOfAConnectionThatIsHeldInTheBucketsOfItsModule() {
    assertThat(Results.text(sessionThatIsThere()))
        .contains(
            """
            # HELP probe_websocket_ping_rtt_seconds Time from handing each PING to the socket to the arrival of its PONG, late ones too.
            # TYPE probe_websocket_ping_rtt_seconds histogram
            probe_websocket_ping_rtt_seconds_bucket{le="0.0005"} 2
            probe_websocket_ping_rtt_seconds_bucket{le="0.005"} 2
            probe_websocket_ping_rtt_seconds_bucket{le="1.0"} 3
            probe_websocket_ping_rtt_seconds_bucket{le="+Inf"} 4
            probe_websocket_ping_rtt_seconds_count 4
            probe_websocket_ping_rtt_seconds_sum 2.0069
            """);
  }

  @Test
  void hasOnlyWhatIsCountedWhereAConnectionThatIsHeldIsDown() {
    assertThat(Results.samples(sessionThatIsDown()))
        .contains(
            "probe_websocket_up 0.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_failure_info{phase=\"connect\",reason=\"connect_refused\"} 1",
            "probe_websocket_connects_total 1.0",
            "probe_websocket_last_pong_timestamp_seconds 1795716342.0")
        .noneMatch(line -> line.startsWith("probe_websocket_connection_age_seconds"));
  }

  @Test
  void hasNoDisconnectsAndNoLastPongBeforeThereIsOne() {
    assertThat(Results.samples(Results.held(failureInConnect(), Results.NEW_SESSION)))
        .contains("probe_websocket_pings_total 0.0", "probe_websocket_ping_rtt_seconds_count 0")
        .noneMatch(line -> line.matches("probe_websocket_(disconnects|last_pong).*"));
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void namesEveryWayToEndInLowerCase(DisconnectReason reason) {
    assertThat(Results.samples(sessionThatEnded(new Disconnect(reason))))
        .contains(
            "probe_websocket_disconnects_total{code=\"\",reason=\"%s\"} 1.0"
                .formatted(reason.label()));
    assertThat(reason.label()).matches("[a-z_]+").isEqualToIgnoringCase(reason.name());
  }

  @Test
  void hasVersionAndCipherOfAnUnverifiedPeerOnceTheHandshakeEnded() {
    ProbeResult result =
        Results.builder()
            .tls(new TlsFacts(false, "TLS 1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", CHAIN))
            .build(1, null);

    assertThat(Results.samples(result))
        .contains(
            "probe_websocket_tls_verified 0.0",
            "probe_tls_version_info{version=\"TLS 1.2\"} 1",
            "probe_tls_cipher_info{cipher=\"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256\"} 1",
            LAST_CHAIN_INFO);
  }

  @Test
  void hasOnlyWhatIsAlwaysKnownWhereNothingRan() {
    ProbeResult result = Results.failure(Phase.RESOLVE, FailureReason.INTERNAL_ERROR);

    assertThat(Results.samples(result))
        .containsExactly(
            "probe_duration_seconds 0.003",
            "probe_failure_info{phase=\"resolve\",reason=\"internal_error\"} 1",
            "probe_success 0.0",
            "probe_timeout_seconds 9.5",
            "probe_websocket_connection_duration_seconds 0.0",
            "probe_websocket_connection_upgraded 0.0",
            "probe_websocket_ping_pong_duration_seconds 0.0",
            "probe_websocket_ping_pong_success 0.0",
            "probe_websocket_ssl 1.0",
            "probe_websocket_up 0.0");
  }

  /**
   * The hashes are of another program's making: ten lines of Python that pass FNV's own vectors.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "0.0.0.0, 1268118805",
    "127.0.0.1, 3668918509",
    "192.0.2.1, 1969986452",
    "192.0.2.2, 2020319309",
    "255.255.255.255, 3809873841",
    "::, 1768495365",
    "::1, 1751717746",
    "2001:db8::1, 1851458804"
  })
  void hashesTheBytesOfTheAddressWithFnv1a(String address, long hash) throws Exception {
    ProbeResult result = Results.builder().address(InetAddress.getByName(address)).build(1, null);

    assertThat(Results.samples(result)).contains("probe_ip_addr_hash " + hash + ".0");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void namesEveryClockInLowerCase(ArrivalClock clock) {
    ProbeResult result =
        Results.builder()
            .pings(PingStatistics.single(0, new RoundTrip(2, 1, clock)))
            .build(3, null);

    assertThat(Results.samples(result))
        .contains("probe_websocket_ping_pong_clock_info{clock=\"%s\"} 1".formatted(clock.label()));
    assertThat(clock.label()).matches("[a-z]+").isEqualToIgnoringCase(clock.name());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "probe_ssl_last_chain",
        "probe_tls_cipher",
        "probe_tls_version",
        "probe_websocket_handshake",
        "probe_websocket_ping_pong_clock"
      })
  void writesTheFactsOfThePeerAsInfosInOpenMetrics(String name) {
    assertThat(Results.openMetrics(Results.successOverTls()).lines())
        .contains("# TYPE " + name + " info")
        .noneMatch(line -> line.startsWith("# TYPE " + name + "_info"))
        .filteredOn(line -> line.startsWith(name + "_info{") && line.endsWith("} 1"))
        .hasSize(1);
  }

  @Test
  void writesTheFailureAsAnInfoInOpenMetrics() {
    assertThat(Results.openMetrics(failureInConnect()))
        .contains(
            """
            # TYPE probe_failure info
            # HELP probe_failure The phase in which the probe failed, and the reason. Only on failure.
            probe_failure_info{phase="connect",reason="connect_refused"} 1
            """)
        .doesNotContain("TYPE probe_failure_info");
    assertThat(Results.openMetrics(Results.successOverTls())).doesNotContain("probe_failure");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void namesEveryReasonInLowerCase(FailureReason reason) {
    assertThat(Results.samples(Results.failure(Phase.CONNECT, reason)))
        .contains("probe_failure_info{phase=\"connect\",reason=\"%s\"} 1".formatted(reason.label()))
        .filteredOn(line -> line.contains("reason"))
        .hasSize(1);
    assertThat(reason.label()).matches("[a-z_]+").isEqualToIgnoringCase(reason.name());
  }

  @ParameterizedTest(name = "{index}")
  @FieldSource("ALL")
  void holdsTheSixMetricsOfTheSeedInEveryAnswer(ProbeResult result) {
    assertThat(names(result)).containsAll(SEED);
  }

  @ParameterizedTest(name = "{index}")
  @FieldSource("ALL")
  void hasNoNameBeyondTheContract(ProbeResult result) {
    assertThat(CONTRACT).containsAll(names(result));
  }

  @Test
  void hasEveryNameOfTheContractInOneAnswerOrAnother() {
    Set<String> names = new TreeSet<>();
    ALL.forEach(result -> names.addAll(names(result)));

    assertThat(names).containsExactlyInAnyOrderElementsOf(CONTRACT);
  }

  @ParameterizedTest(name = "{index}")
  @FieldSource("ALL")
  void hasOneHelpAndOneTypeForEachMetric(ProbeResult result) {
    List<String> lines = Results.text(result).lines().toList();

    for (String name : names(result)) {
      String type =
          name.endsWith("_total")
              ? "counter"
              : name.endsWith("_ping_rtt_seconds") ? "histogram" : "gauge";
      assertThat(lines)
          .filteredOn(line -> line.matches("# HELP " + name + " [A-Z].*\\."))
          .hasSize(1);
      assertThat(lines)
          .filteredOn(line -> line.equals("# TYPE %s %s".formatted(name, type)))
          .hasSize(1);
    }
    assertThat(lines).filteredOn(line -> line.startsWith("#")).hasSize(2 * names(result).size());
  }

  @ParameterizedTest(name = "{index}")
  @FieldSource("ALL")
  void carriesNothingOfTheTarget(ProbeResult result) {
    assertThat(Results.text(result))
        .doesNotContain(Results.SECRET, "example.com", "192.0.2.1", "::1");
  }

  private static ProbeResult successWithLiteralAddress() {
    PhaseTimings timings =
        new PhaseTimings.Builder()
            .add(Phase.CONNECT, 2_000_000)
            .add(Phase.UPGRADE, 8_000_000)
            .add(Phase.PING, 1_000_000)
            .build();
    return ProbeResult.builder(Results.request("ws://[::1]:8080/c4n4ry", "websocket_ping"))
        .timings(timings)
        .address(Results.address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))
        .upgrade(new UpgradeFacts(101, null, null))
        .connectionNanos(10_000_000)
        .pings(PingStatistics.single(3, new RoundTrip(1_000_000, 250_000, ArrivalClock.LOOP)))
        .build(11_000_000, null);
  }

  private static ProbeResult successWithMessages() {
    return answered(new UpgradeFacts(101, "chat", null))
        .timings(upTo(Phase.UPGRADE).add(Phase.MESSAGES, 20_000_000).build())
        .connectionNanos(15_000_000)
        .messages(
            new MessageFacts(
                "2 (block)",
                0,
                null,
                new TreeMap<>(Map.of("hello", 5_000_000L, "block", 15_000_000L)),
                new TreeMap<>(Map.of("ratio", 0.25, "height", 21_000_000.0))))
        .build(35_000_000, null);
  }

  private static ProbeResult failureInMessages() {
    return answered(new UpgradeFacts(101, "chat", null))
        .timings(upTo(Phase.UPGRADE).add(Phase.MESSAGES, 20_000_000).build())
        .connectionNanos(15_000_000)
        .messages(new MessageFacts("1", 0, Mismatch.ANOTHER_TEXT, new TreeMap<>(), new TreeMap<>()))
        .build(35_000_000, new Failure(Phase.MESSAGES, FailureReason.MESSAGE_MISMATCH));
  }

  private static ProbeResult failureInResolve() {
    return Results.builder()
        .timings(new PhaseTimings.Builder().add(Phase.RESOLVE, 2_000_000_000L).build())
        .build(2_000_250_000L, new Failure(Phase.RESOLVE, FailureReason.DNS_TIMEOUT));
  }

  private static ProbeResult failureInConnect() {
    return Results.builder()
        .timings(upTo(Phase.CONNECT).build())
        .address(Results.address(192, 0, 2, 1))
        .build(3_000_000, new Failure(Phase.CONNECT, FailureReason.CONNECT_REFUSED));
  }

  private static ProbeResult failureInTls() {
    return Results.builder()
        .timings(upTo(Phase.TLS).build())
        .address(Results.address(192, 0, 2, 1))
        .build(7_000_000, new Failure(Phase.TLS, FailureReason.TLS_PROTOCOL));
  }

  private static ProbeResult failureOfVerification() {
    return Results.builder()
        .timings(upTo(Phase.TLS).build())
        .address(Results.address(192, 0, 2, 1))
        .tcp(TCP)
        .tls(new TlsFacts(false, null, null, CHAIN))
        .build(7_000_000, new Failure(Phase.TLS, FailureReason.TLS_CERTIFICATE_EXPIRED));
  }

  private static ProbeResult failureInUpgrade() {
    return answered(new UpgradeFacts(403, "chat", "permessage-deflate"))
        .build(15_000_000, new Failure(Phase.UPGRADE, FailureReason.UPGRADE_STATUS));
  }

  private static ProbeResult failureOfAccept() {
    return answered(new UpgradeFacts(101, "chat", "permessage-deflate"))
        .build(15_000_000, new Failure(Phase.UPGRADE, FailureReason.UPGRADE_ACCEPT_MISMATCH));
  }

  private static ProbeResult.Builder answered(UpgradeFacts upgrade) {
    return Results.builder()
        .timings(upTo(Phase.UPGRADE).build())
        .address(Results.address(192, 0, 2, 1))
        .tcp(TCP)
        .tls(VERIFIED)
        .upgrade(upgrade);
  }

  private static ProbeResult failureInPing() {
    return Results.builder()
        .timings(upTo(Phase.UPGRADE).add(Phase.PING, 9_485_000_000L).build())
        .address(Results.address(192, 0, 2, 1))
        .tcp(TCP)
        .tls(VERIFIED)
        .upgrade(new UpgradeFacts(101, "chat", null))
        .connectionNanos(15_000_000)
        .pings(PingStatistics.single(2, null))
        .build(9_500_000_000L, new Failure(Phase.PING, FailureReason.PONG_TIMEOUT));
  }

  private static ProbeResult sessionThatIsThere() {
    RoundTripHistogram roundTrips =
        new RoundTripHistogram(
            List.of(Duration.ofNanos(500_000), Duration.ofMillis(5), Duration.ofSeconds(1)));
    LongStream.of(400_000, 500_000, 6_000_000, 2_000_000_000).forEach(roundTrips::observe);
    return Results.held(
        successOfABurst(),
        new SessionFacts(
            true,
            86_400,
            86_392,
            2,
            7,
            4,
            new TreeMap<>(
                Map.of(
                    new Disconnect(DisconnectReason.CLOSED_BY_PEER, "1001"),
                    1L,
                    new Disconnect(DisconnectReason.PONG_TIMEOUT),
                    1L,
                    new Disconnect(DisconnectReason.CONNECTION_RESET),
                    1L)),
            roundTrips,
            OptionalLong.of(3_600_250_000_000L),
            OptionalLong.of(1_795_716_342_125L)));
  }

  private static ProbeResult sessionThatIsDown() {
    return sessionThatEnded(new Disconnect(DisconnectReason.CLOSED_BY_PEER, Disconnect.OTHER_CODE));
  }

  /** Which cannot be made again. */
  private static ProbeResult sessionThatEnded(Disconnect disconnect) {
    return Results.held(
        failureInConnect(),
        new SessionFacts(
            false,
            1,
            1,
            0,
            0,
            1,
            new TreeMap<>(Map.of(disconnect, 1L)),
            new RoundTripHistogram(List.of(Duration.ofSeconds(1))),
            OptionalLong.empty(),
            OptionalLong.of(1_795_716_342_000L)));
  }

  private static ProbeResult successOfABurst() {
    return burst(0.4, roundTrips(3_000_000, 1_000_000, 8_000_000)).build(900_000_000, null);
  }

  /** Five PINGs, of which these were answered, and a PONG that was nobody's. */
  private static ProbeResult.Builder burst(double maxLossRatio, List<RoundTrip> roundTrips) {
    return ProbeResult.builder(Results.request("ws://[::1]/", module(5, maxLossRatio)))
        .connectionNanos(10_000_000)
        .pings(PingStatistics.several(5, 1, roundTrips));
  }

  private static ProbeModule module(int pings, double maxLossRatio) {
    Duration second = Duration.ofSeconds(1);
    return ProbeModule.builder("burst", second)
        .ping(new PingSettings(pings, second, null, 8, true, maxLossRatio, second))
        .build();
  }

  private static List<RoundTrip> roundTrips(long... nanos) {
    return LongStream.of(nanos)
        .mapToObj(each -> new RoundTrip(each, 2_000, ArrivalClock.KERNEL))
        .toList();
  }

  /** 1 ms for the first phase, and twice as much for each one after it. */
  private static PhaseTimings.Builder upTo(Phase last) {
    PhaseTimings.Builder timings = new PhaseTimings.Builder();
    long nanos = 1_000_000;
    for (Phase phase : List.of(Phase.RESOLVE, Phase.CONNECT, Phase.TLS, Phase.UPGRADE)) {
      if (phase.compareTo(last) <= 0) {
        timings.add(phase, nanos);
      }
      nanos *= 2;
    }
    return timings;
  }

  private static List<String> pingSamples(ProbeResult result) {
    return Results.samples(result).stream()
        .filter(line -> line.matches("probe_websocket_(ping|pongs|unmatched).*"))
        .toList();
  }

  private static Set<String> names(ProbeResult result) {
    return Results.samples(result).stream()
        .map(
            line -> line.split("[{ ]")[0].replaceFirst("_ping_rtt_seconds_.*", "_ping_rtt_seconds"))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
