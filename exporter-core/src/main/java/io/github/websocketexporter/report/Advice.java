package io.github.websocketexporter.report;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;

/**
 * What a failure means, and what usually causes it, for whoever was woken by it. README has more of
 * each.
 *
 * @param what what happened: the rest of a sentence that begins with the phase
 * @param cause what usually causes that
 */
record Advice(String what, String cause) {
  /** In one sentence: where and why the probe failed, and what usually causes that. */
  static String sentence(Failure failure) {
    Advice advice = of(failure.reason());
    return "Failed in phase %s (%s): %s; the usual cause: %s."
        .formatted(
            failure.phase().label(), failure.reason().label(), advice.what(), advice.cause());
  }

  /** On a reason. */
  static Advice of(FailureReason reason) {
    return switch (reason) {
      case DNS_NOT_FOUND ->
          new Advice(
              "the host name does not exist",
              "a typo, a service that was removed, or a search domain that is not the exporter's");
      case DNS_TIMEOUT ->
          new Advice(
              "no name server answered in time", "a network policy, or an overloaded name server");
      case DNS_FAILURE ->
          new Advice("the name server failed", "a broken zone, or a forwarder that is down");
      case NO_ADDRESS_OF_FAMILY ->
          new Advice(
              "the host name has no address of the IP version that the module asks for",
              "a host with IPv4 only that is probed over IPv6");
      case TARGET_DENIED ->
          new Advice(
              "the policy of the configuration does not let probes go there",
              "a host, port or network that is not in its lists");
      case CONNECT_REFUSED ->
          new Advice("nothing listens on that port", "a server that is down, or listens elsewhere");
      case CONNECT_TIMEOUT ->
          new Advice(
              "nothing answered the connect",
              "a firewall that drops packets, or a host that is gone");
      case CONNECT_UNREACHABLE ->
          new Advice(
              "there is no route to the host", "a missing route, or an IPv6 address without IPv6");
      case CONNECT_FAILURE ->
          new Advice(
              "the connection could not be made", "a firewall of the host that the exporter is on");
      case NO_LOCAL_PORT ->
          new Advice(
              "every local port towards this target is in use",
              "net.ipv4.ip_local_port_range of the host that the exporter is on");
      case TOO_MANY_OPEN_FILES ->
          new Advice("the exporter has no file descriptor left", "a limit (ulimit -n) that is low");
      case TOO_MANY_SESSIONS ->
          new Advice(
              "as many connections are held as sessions.max allows",
              "more continuous targets than were reckoned with");
      case PROXY_TIMEOUT ->
          new Advice(
              "the proxy did not open the tunnel in time", "a target that the proxy cannot reach");
      case PROXY_AUTHENTICATION ->
          new Advice(
              "the proxy wants credentials, or other ones", "username and password of the proxy");
      case PROXY_REFUSED ->
          new Advice(
              "the proxy does not open a tunnel to the target",
              "its rules, or a target that it cannot reach");
      case PROXY_FAILURE ->
          new Advice(
              "the proxy's answer is not one of its protocol",
              "http in place of socks5 or the other way round, or TLS on the proxy's port");
      case TLS_TIMEOUT ->
          new Advice(
              "the TLS handshake did not end in time",
              "a port that speaks something else, or an overloaded server");
      case TLS_CERTIFICATE_EXPIRED ->
          new Advice(
              "a certificate is past its end", "a renewal that did not run, or was not loaded");
      case TLS_CERTIFICATE_NOT_YET_VALID ->
          new Advice("a certificate is not valid yet", "a clock that is wrong, on either side");
      case TLS_CERTIFICATE_UNTRUSTED ->
          new Advice(
              "the certificate does not lead to a trusted authority",
              "a private authority that no ca-file names, or a server that does not send its"
                  + " intermediate");
      case TLS_HOSTNAME_MISMATCH ->
          new Advice(
              "the certificate is not for this host name",
              "another server's certificate, or an address in place of the name");
      case TLS_CLIENT_CERTIFICATE_REJECTED ->
          new Advice(
              "the server wants a client certificate, or another one",
              "tls.cert-file of the module, or an authority that the server does not know");
      case TLS_PROTOCOL ->
          new Advice(
              "the port does not speak TLS, or no version of it that is allowed",
              "wss for a ws target, or an old server");
      case TLS_FAILURE ->
          new Advice("the TLS handshake failed", "no cipher in common, or a proxy between");
      case UPGRADE_TIMEOUT ->
          new Advice(
              "the upgrade request was not answered in time",
              "an overloaded server, or a proxy without a backend");
      case UPGRADE_STATUS ->
          new Advice(
              "the upgrade was refused with an HTTP status",
              "401 or 403: the token; 404: the path; 400, 426 or 200: a proxy that does not pass the"
                  + " upgrade on; 502 or 503: no backend");
      case UPGRADE_MALFORMED ->
          new Advice(
              "the answer to the upgrade is not that of a WebSocket server",
              "another service on that port");
      case UPGRADE_ACCEPT_MISMATCH ->
          new Advice(
              "the answer to the upgrade is for somebody else's request",
              "a cache or a proxy that answers for the server");
      case EXPECTED_FAILURE_MISSING ->
          new Advice(
              "the upgrade was not refused as the module expects",
              "a door that should be locked and is open");
      case UPGRADE_SUBPROTOCOL ->
          new Advice(
              "the server chose another subprotocol than the module expects, or none",
              "a server that has changed, or insists on its own");
      case UPGRADE_EXTENSION ->
          new Advice(
              "the server chose an extension that was not offered",
              "a server that compresses unasked");
      case UPGRADE_TOO_LARGE ->
          new Advice(
              "the header of the answer to the upgrade is too large",
              "huge cookies, or another service on that port");
      case MESSAGE_TIMEOUT ->
          new Advice(
              "the connection stands, but the message that a step expects did not come",
              "a service that is stuck behind a server that is not");
      case MESSAGE_MISMATCH ->
          new Advice(
              "a message came that is not the expected one",
              "an error message of the service's, or a push that is to be skipped");
      case PONG_TIMEOUT ->
          new Advice(
              "the connection stands, but the PONG did not come",
              "a server that ignores PINGs or hangs, or a proxy that swallows control frames");
      case PONG_LOSS ->
          new Advice(
              "more PONGs were missing than the module allows",
              "a server under load, or one that answers only the newest PING");
      case CLOSED_BY_PEER ->
          new Advice(
              "the server closed the connection",
              "a server that wants a message first, or that is shutting down");
      case CONNECTION_RESET ->
          new Advice(
              "the connection was reset", "a crash, or a load balancer or firewall that cut it");
      case PROTOCOL_VIOLATION ->
          new Advice(
              "the server sent what is no valid WebSocket frame",
              "a proxy that injects bytes, or a hand-made server");
      case FRAME_TOO_LARGE ->
          new Advice(
              "the server sent a frame or a message above 64 KiB",
              "a server that begins with a large snapshot");
      case CANCELLED -> new Advice("it was cancelled", "Ctrl-C, or a scraper that went away");
      case INTERNAL_ERROR ->
          new Advice("the exporter met a bug", "the exporter: please report it, with its log");
    };
  }
}
