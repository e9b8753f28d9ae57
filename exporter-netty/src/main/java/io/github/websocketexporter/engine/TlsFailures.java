package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.netty.handler.ssl.NotSslRecordException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The part of {@link FailureClassifier} that reads the exceptions of TLS and of certificates. */
final class TlsFailures {
  /** The alert that TLS 1.3 has for it, in the words of the JDK's TLS and of BoringSSL. */
  private static final String[] CERTIFICATE_REQUIRED = received("certificate_required");

  /** The alerts by which servers refuse the certificate that they asked for, or the want of it. */
  private static final String[] CERTIFICATE_ALERTS =
      received(
          "handshake_failure",
          "no_certificate",
          "bad_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "unknown_ca",
          "access_denied");

  private TlsFailures() {}

  /** The reason that {@code cause} alone says in phase tls; null if it says none. */
  static @Nullable FailureReason reasonOf(Throwable cause) {
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
    // The checks of what a certificate may be used for have no exception type of their own.
    if ((cause instanceof CertificateException && FailureText.says(cause, "usage does not"))
        || (cause instanceof SSLException && FailureText.says(cause, "key_usage_bit_incorrect"))) {
      return FailureReason.TLS_CERTIFICATE_UNTRUSTED;
    }
    // Nor has the JDK's check of the host name.
    if (cause instanceof CertificateException
        && FailureText.says(cause, "no subject alternative", "no name matching")) {
      return FailureReason.TLS_HOSTNAME_MISMATCH;
    }
    if (cause instanceof NotSslRecordException
        || (cause instanceof SSLException
            && FailureText.says(
                cause,
                "protocol_version",
                "selected protocol version",
                "unsupported_protocol",
                "wrong_version_number"))) {
      return FailureReason.TLS_PROTOCOL;
    }
    return null;
  }

  /**
   * Whether the peer refuses us for our certificate, or the want of it, which it says by an alert.
   * A client of TLS 1.3 is done with the handshake before that comes, and has sent the request.
   */
  static boolean isRejection(Phase phase, Throwable cause, boolean certificateRequested) {
    if (!(cause instanceof SSLException) || (phase != Phase.TLS && phase != Phase.UPGRADE)) {
      return false;
    }
    return FailureText.says(cause, CERTIFICATE_REQUIRED)
        || (certificateRequested && FailureText.says(cause, CERTIFICATE_ALERTS));
  }

  private static boolean isOfPath(@Nullable Throwable cause) {
    return cause instanceof CertPathBuilderException || cause instanceof CertPathValidatorException;
  }

  /** How the JDK's TLS and BoringSSL name these alerts when the peer sends them. */
  private static String[] received(String... alerts) {
    return Arrays.stream(alerts)
        .flatMap(alert -> Stream.of("received fatal alert: " + alert, "_alert_" + alert))
        .toArray(String[]::new);
  }
}
