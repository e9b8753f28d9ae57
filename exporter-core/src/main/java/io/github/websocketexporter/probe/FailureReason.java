package io.github.websocketexporter.probe;

import java.util.Locale;

/**
 * Why a probe failed: the closed vocabulary of the {@code reason} label. Where it failed is its
 * {@link Phase}.
 */
public enum FailureReason {
  /** The name does not exist: NXDOMAIN, or no address of either family. */
  DNS_NOT_FOUND,
  /** No name server answered in time. */
  DNS_TIMEOUT,
  /** A name server answered with an error, or could not be reached. */
  DNS_FAILURE,
  /** The name exists, but has no address of the family that the module asks for. */
  NO_ADDRESS_OF_FAMILY,
  /** The policy of the configuration does not let probes go there. */
  TARGET_DENIED,
  /** The host that is connected to answered with a reset: nothing listens on the port. */
  CONNECT_REFUSED,
  /** Nothing answered the connect before the deadline. */
  CONNECT_TIMEOUT,
  /** There is no route to the host that is connected to, or to its network. */
  CONNECT_UNREACHABLE,
  /** The connect failed in any other way. */
  CONNECT_FAILURE,
  /** Every local port towards this target is in use. A limit of the exporter's host. */
  NO_LOCAL_PORT,
  /** The exporter has used up its file descriptors. A limit of the exporter's host. */
  TOO_MANY_OPEN_FILES,
  /** As many connections are held as {@code sessions.max} allows. A limit of the exporter's own. */
  TOO_MANY_SESSIONS,
  /** The proxy had not opened the tunnel by the deadline. */
  PROXY_TIMEOUT,
  /** The proxy wants credentials, or other ones, or another way to give them. */
  PROXY_AUTHENTICATION,
  /** The proxy answered that it does not open the tunnel, or cannot. */
  PROXY_REFUSED,
  /** The proxy's answer is not what its protocol allows. */
  PROXY_FAILURE,
  /** The TLS handshake was not complete before the deadline. */
  TLS_TIMEOUT,
  /** A certificate of the presented chain is past its end of validity. */
  TLS_CERTIFICATE_EXPIRED,
  /** A certificate of the presented chain is not valid yet. */
  TLS_CERTIFICATE_NOT_YET_VALID,
  /** The presented chain does not lead to a trusted authority. */
  TLS_CERTIFICATE_UNTRUSTED,
  /** The certificate is not for the target's host name or address. */
  TLS_HOSTNAME_MISMATCH,
  /** The peer asked for a client certificate and refused the handshake without a good one. */
  TLS_CLIENT_CERTIFICATE_REJECTED,
  /** The peer does not speak TLS, or no version of it that is allowed. */
  TLS_PROTOCOL,
  /** The TLS handshake failed in any other way. */
  TLS_FAILURE,
  /** The upgrade was not answered before the deadline. */
  UPGRADE_TIMEOUT,
  /** The upgrade was answered with an HTTP status other than 101. */
  UPGRADE_STATUS,
  /** The answer to the upgrade is not HTTP, or a 101 without the header fields of a WebSocket. */
  UPGRADE_MALFORMED,
  /** The 101 carries a Sec-WebSocket-Accept that does not belong to the key that was sent. */
  UPGRADE_ACCEPT_MISMATCH,
  /** The upgrade was not refused with the status that the module wants to see. */
  EXPECTED_FAILURE_MISSING,
  /** The 101 names a subprotocol that was not offered, or does not name the expected one. */
  UPGRADE_SUBPROTOCOL,
  /** The 101 names an extension, or a parameter of one, that was not offered. */
  UPGRADE_EXTENSION,
  /** The status line or the header of the answer to the upgrade is larger than the probe reads. */
  UPGRADE_TOO_LARGE,
  /** The message that a step expects had not come in time. */
  MESSAGE_TIMEOUT,
  /** A message came that is not the one that a step expects. */
  MESSAGE_MISMATCH,
  /** No PONG had come in time, or the deadline came before all PINGs were sent. */
  PONG_TIMEOUT,
  /** PONGs came, but more were missing than the module allows. */
  PONG_LOSS,
  /** The peer closed the connection: a Close frame, or the end of the stream. */
  CLOSED_BY_PEER,
  /** The peer, or something on the way to it, reset the connection. */
  CONNECTION_RESET,
  /**
   * The peer sent bytes that are not a valid WebSocket frame, text that is not UTF-8, or compressed
   * data that is corrupt.
   */
  PROTOCOL_VIOLATION,
  /** The peer sent a frame larger than the probe reads, or one that inflates to more. */
  FRAME_TOO_LARGE,
  /** The scraper went away before the answer. */
  CANCELLED,
  /** A bug of the exporter's own: please report it. */
  INTERNAL_ERROR;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value of the {@code reason} label. */
  public String label() {
    return label;
  }
}
