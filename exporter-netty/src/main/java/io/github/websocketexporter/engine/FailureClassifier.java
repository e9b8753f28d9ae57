package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link FailureReason} of whatever went wrong in a phase: the only place that reads
 * exceptions. Steps that know a reason say it with a {@link ProbeFailure}.
 */
final class FailureClassifier {
  private static final int MAX_CAUSES = 16;

  /** The alert that TLS 1.3 has for it, in the words of the JDK's TLS and of BoringSSL. */
  private static final String[] CERTIFICATE_REQUIRED = received("certificate_required");

  /** The alerts by which servers refuse a client without a certificate that they asked for. */
  private static final String[] CERTIFICATE_ALERTS =
      received(
          "handshake_failure",
          "no_certificate",
          "bad_certificate",
          "unsupported_certificate",
          "certificate_unknown",
          "unknown_ca",
          "access_denied");

  private FailureClassifier() {}

  /** The reason of a phase that had not ended by the deadline. */
  static FailureReason timeoutOf(Phase phase) {
    return switch (phase) {
      case RESOLVE -> FailureReason.DNS_TIMEOUT;
      case CONNECT -> FailureReason.CONNECT_TIMEOUT;
      case TLS -> FailureReason.TLS_TIMEOUT;
      case UPGRADE -> FailureReason.UPGRADE_TIMEOUT;
      case PING -> FailureReason.PONG_TIMEOUT;
    };
  }

  /**
   * The reason of a phase that failed with {@code failure}: the first of its causes that says one.
   *
   * @param certificateRequested whether the peer asked for a certificate of ours
   */
  static FailureReason reasonOf(Phase phase, Throwable failure, boolean certificateRequested) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < MAX_CAUSES; depth++) {
      FailureReason reason =
          isRejection(phase, cause, certificateRequested)
              ? FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED
              : reasonOfOne(phase, cause);
      if (reason != null) {
        return reason;
      }
      cause = cause.getCause();
    }
    return fallback(phase, failure);
  }

  private static @Nullable FailureReason reasonOfOne(Phase phase, Throwable cause) {
    if (cause instanceof ProbeFailure known) {
      return known.reason();
    }
    FailureReason resource = phase.compareTo(Phase.CONNECT) <= 0 ? ofResources(cause) : null;
    if (resource != null) {
      return resource;
    }
    return switch (phase) {
      case RESOLVE -> ofResolve(cause);
      case CONNECT -> ofConnect(cause);
      case TLS -> ofTls(cause);
      case UPGRADE, PING -> ofStream(cause);
    };
  }

  /** Limits of the exporter's own host, which the phases that open a socket can meet. */
  private static @Nullable FailureReason ofResources(Throwable cause) {
    if (says(cause, "too many open files")) {
      return FailureReason.TOO_MANY_OPEN_FILES;
    }
    return says(cause, "cannot assign requested address") ? FailureReason.NO_LOCAL_PORT : null;
  }

  private static @Nullable FailureReason ofResolve(Throwable cause) {
    if (cause instanceof DnsErrorCauseException answer) {
      return answer.getCode().equals(DnsResponseCode.NXDOMAIN)
          ? FailureReason.DNS_NOT_FOUND
          : FailureReason.DNS_FAILURE;
    }
    if (cause instanceof DnsNameResolverTimeoutException) {
      return FailureReason.DNS_TIMEOUT;
    }
    if (cause instanceof DnsNameResolverException) {
      return FailureReason.DNS_FAILURE;
    }
    // Netty gives no cause where the name servers answered and had no such address.
    return cause instanceof UnknownHostException && cause.getCause() == null
        ? FailureReason.DNS_NOT_FOUND
        : null;
  }

  private static @Nullable FailureReason ofConnect(Throwable cause) {
    if (cause instanceof ConnectTimeoutException || says(cause, "connection timed out")) {
      return FailureReason.CONNECT_TIMEOUT;
    }
    if (cause instanceof UnsupportedAddressTypeException
        || cause instanceof NoRouteToHostException
        || says(cause, "unreachable", "no route to host")) {
      return FailureReason.CONNECT_UNREACHABLE;
    }
    return cause instanceof ConnectException && says(cause, "refused")
        ? FailureReason.CONNECT_REFUSED
        : null;
  }

  private static @Nullable FailureReason ofTls(Throwable cause) {
    if (cause instanceof CertificateExpiredException) {
      return FailureReason.TLS_CERTIFICATE_EXPIRED;
    }
    if (cause instanceof CertificateNotYetValidException) {
      return FailureReason.TLS_CERTIFICATE_NOT_YET_VALID;
    }
    if (isOfPath(cause)
        && !isOfPath(cause.getCause())
        && !(cause.getCause() instanceof CertificateException)) {
      return FailureReason.TLS_CERTIFICATE_UNTRUSTED;
    }
    // The JDK's check of the host name has no exception type of its own.
    if (cause instanceof CertificateException
        && says(cause, "no subject alternative", "no name matching")) {
      return FailureReason.TLS_HOSTNAME_MISMATCH;
    }
    if (cause instanceof NotSslRecordException
        || (cause instanceof SSLException
            && says(
                cause,
                "protocol_version",
                "selected protocol version",
                "unsupported_protocol",
                "wrong_version_number"))) {
      return FailureReason.TLS_PROTOCOL;
    }
    return cause instanceof SSLException ? null : ofStream(cause);
  }

  /**
   * Whether the peer refuses us for want of a certificate, which it says by an alert. A client of
   * TLS 1.3 is done with the handshake before that comes, and has sent the request.
   */
  private static boolean isRejection(Phase phase, Throwable cause, boolean certificateRequested) {
    if (!(cause instanceof SSLException) || (phase != Phase.TLS && phase != Phase.UPGRADE)) {
      return false;
    }
    return says(cause, CERTIFICATE_REQUIRED)
        || (certificateRequested && says(cause, CERTIFICATE_ALERTS));
  }

  private static boolean isOfPath(@Nullable Throwable cause) {
    return cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException;
  }

  private static @Nullable FailureReason ofStream(Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException frame) {
      return frame.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG)
          ? FailureReason.FRAME_TOO_LARGE
          : FailureReason.PROTOCOL_VIOLATION;
    }
    if (cause instanceof TooLongFrameException) {
      return FailureReason.FRAME_TOO_LARGE;
    }
    if (cause instanceof ClosedChannelException) {
      return FailureReason.CLOSED_BY_PEER;
    }
    boolean reset =
        cause instanceof SocketException
            || (cause instanceof IOException && says(cause, "reset", "broken pipe"));
    if (reset) {
      return FailureReason.CONNECTION_RESET;
    }
    return cause instanceof SSLException ? FailureReason.TLS_FAILURE : null;
  }

  /** Nothing in the failure was recognized. What is not an I/O error is a bug of ours. */
  private static FailureReason fallback(Phase phase, Throwable failure) {
    return switch (phase) {
      case RESOLVE ->
          failure instanceof UnknownHostException
              ? FailureReason.DNS_FAILURE
              : FailureReason.INTERNAL_ERROR;
      case CONNECT ->
          failure instanceof IOException
              ? FailureReason.CONNECT_FAILURE
              : FailureReason.INTERNAL_ERROR;
      case TLS ->
          failure instanceof IOException ? FailureReason.TLS_FAILURE : FailureReason.INTERNAL_ERROR;
      case UPGRADE -> ofCodec(failure, FailureReason.UPGRADE_MALFORMED);
      case PING -> ofCodec(failure, FailureReason.PROTOCOL_VIOLATION);
    };
  }

  private static FailureReason ofCodec(Throwable failure, FailureReason malformed) {
    if (failure instanceof CodecException) {
      return malformed;
    }
    return failure instanceof IOException
        ? FailureReason.CONNECTION_RESET
        : FailureReason.INTERNAL_ERROR;
  }

  /** How the JDK's TLS and BoringSSL name these alerts when the peer sends them. */
  private static String[] received(String... alerts) {
    return Arrays.stream(alerts)
        .flatMap(alert -> Stream.of("received fatal alert: " + alert, "_alert_" + alert))
        .toArray(String[]::new);
  }

  private static boolean says(Throwable cause, String... parts) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    for (String part : parts) {
      if (message.contains(part)) {
        return true;
      }
    }
    return false;
  }
}
