package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CodecException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
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
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@link FailureReason} of whatever went wrong in a phase: the only place that reads
 * exceptions. Steps that know a reason say it with a {@link ProbeFailure}.
 */
final class FailureClassifier {
  private static final int MAX_CAUSES = 16;

  private FailureClassifier() {}

  /**
   * What ended {@code phase}.
   *
   * @param certificateRequested whether the peer asked for a certificate of ours
   */
  static Failure failureOf(Phase phase, Throwable cause, boolean certificateRequested) {
    return new Failure(
        phase,
        reasonOf(phase, cause, certificateRequested),
        cause instanceof ProbeFailure known ? known.detail() : null);
  }

  /** The reason of a phase that had not ended by the deadline. */
  static FailureReason timeoutOf(Phase phase) {
    return switch (phase) {
      case RESOLVE -> FailureReason.DNS_TIMEOUT;
      case CONNECT -> FailureReason.CONNECT_TIMEOUT;
      case PROXY -> FailureReason.PROXY_TIMEOUT;
      case TLS -> FailureReason.TLS_TIMEOUT;
      case UPGRADE -> FailureReason.UPGRADE_TIMEOUT;
      case MESSAGES -> FailureReason.MESSAGE_TIMEOUT;
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
          TlsFailures.isRejection(phase, cause, certificateRequested)
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
      case PROXY, UPGRADE, MESSAGES, PING -> ofStream(cause);
    };
  }

  /** Limits of the exporter's own host, which the phases that open a socket can meet. */
  private static @Nullable FailureReason ofResources(Throwable cause) {
    if (FailureText.says(cause, "too many open files")) {
      return FailureReason.TOO_MANY_OPEN_FILES;
    }
    return FailureText.says(cause, "cannot assign requested address")
        ? FailureReason.NO_LOCAL_PORT
        : null;
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
    if (cause instanceof ConnectTimeoutException
        || FailureText.says(cause, "connection timed out")) {
      return FailureReason.CONNECT_TIMEOUT;
    }
    if (cause instanceof UnsupportedAddressTypeException
        || cause instanceof NoRouteToHostException
        || FailureText.says(cause, "unreachable", "no route to host")) {
      return FailureReason.CONNECT_UNREACHABLE;
    }
    return cause instanceof ConnectException && FailureText.says(cause, "refused")
        ? FailureReason.CONNECT_REFUSED
        : null;
  }

  private static @Nullable FailureReason ofTls(Throwable cause) {
    FailureReason reason = TlsFailures.reasonOf(cause);
    return reason != null || cause instanceof SSLException ? reason : ofStream(cause);
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
            || (cause instanceof IOException && FailureText.says(cause, "reset", "broken pipe"));
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
      case PROXY -> ofCodec(failure, FailureReason.PROXY_FAILURE);
      case UPGRADE -> ofCodec(failure, FailureReason.UPGRADE_MALFORMED);
      case MESSAGES, PING -> ofCodec(failure, FailureReason.PROTOCOL_VIOLATION);
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
}
