package io.github.websocketexporter.engine;

import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.RESOLVE;
import static io.github.websocketexporter.probe.Phase.TLS;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.security.SignatureException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reason of each exception in each phase. */
class FailureClassifierTest {
  private static final InetSocketAddress NAME_SERVER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 53);
  private static final DnsQuestion QUESTION =
      new DefaultDnsQuestion("example.test", DnsRecordType.A);

  @ParameterizedTest
  @CsvSource({
    "RESOLVE, DNS_TIMEOUT",
    "CONNECT, CONNECT_TIMEOUT",
    "TLS, TLS_TIMEOUT",
    "UPGRADE, UPGRADE_TIMEOUT",
    "PING, PONG_TIMEOUT"
  })
  void hasATimeoutForEachPhase(Phase phase, FailureReason reason) {
    assertThat(FailureClassifier.timeoutOf(phase)).isEqualTo(reason);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void hasATimeoutForEveryPhaseThereIs(Phase phase) {
    assertThat(FailureClassifier.timeoutOf(phase).label()).endsWith("_timeout");
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void believesAStepThatKnowsTheReason(Phase phase) {
    ProbeFailure failure = new ProbeFailure(FailureReason.CANCELLED);
    assertReason(phase, failure, FailureReason.CANCELLED);
    assertReason(phase, new IOException(failure), FailureReason.CANCELLED);
  }

  @ParameterizedTest
  @EnumSource(names = {"RESOLVE", "CONNECT"})
  void seesTheLimitsOfTheOwnHostWhereASocketIsOpened(Phase phase) {
    assertReason(
        phase,
        new IOException("newSocketStream(..) failed: Too many open files"),
        FailureReason.TOO_MANY_OPEN_FILES);
    assertReason(
        phase,
        new IOException("connect(..) failed: Cannot assign requested address"),
        FailureReason.NO_LOCAL_PORT);
  }

  @Test
  void doesNotLetTheNameInACertificateSpeakOfTheOwnHost() {
    SSLException quoting = new SSLException("used with certificate: CN=too many open files");
    assertReason(Phase.TLS, quoting, FailureReason.TLS_FAILURE);
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void takesWhatIsNoFailureOfATargetForABug(Phase phase) {
    assertReason(phase, new IllegalStateException("oops"), FailureReason.INTERNAL_ERROR);
    assertReason(phase, new AssertionError(), FailureReason.INTERNAL_ERROR);
  }

  @ParameterizedTest
  @MethodSource
  void findsTheReason(Phase phase, Throwable failure, FailureReason reason) {
    assertReason(phase, failure, reason);
  }

  static Stream<Arguments> findsTheReason() {
    return Stream.of(
            resolving(), connecting(), encrypting(), streaming(UPGRADE), streaming(PING), codecs())
        .flatMap(each -> each);
  }

  private static Stream<Arguments> resolving() {
    return Stream.of(
        arguments(RESOLVE, new UnknownHostException("none"), FailureReason.DNS_NOT_FOUND),
        arguments(
            RESOLVE,
            new UnknownHostException("x").initCause(new IOException("network")),
            FailureReason.DNS_FAILURE),
        arguments(
            RESOLVE,
            unknownHost(new DnsNameResolverTimeoutException(NAME_SERVER, QUESTION, "late")),
            FailureReason.DNS_TIMEOUT),
        arguments(
            RESOLVE,
            new DnsNameResolverTimeoutException(NAME_SERVER, QUESTION, "late"),
            FailureReason.DNS_TIMEOUT),
        arguments(
            RESOLVE,
            unknownHost(
                new DnsNameResolverException(
                    NAME_SERVER, QUESTION, "refused", new IOException("port unreachable"))),
            FailureReason.DNS_FAILURE),
        arguments(
            RESOLVE,
            unknownHost(
                new DnsNameResolverException(
                    NAME_SERVER,
                    QUESTION,
                    "no way",
                    new IOException("sendToAddress(..) failed: Network is unreachable"))),
            FailureReason.DNS_FAILURE));
  }

  private static Throwable unknownHost(Throwable cause) {
    return new UnknownHostException("Failed to resolve 'x'").initCause(cause);
  }

  private static Stream<Arguments> connecting() {
    return Stream.of(
        arguments(
            CONNECT,
            new ConnectException("finishConnect(..) failed: Connection refused"),
            FailureReason.CONNECT_REFUSED),
        arguments(CONNECT, new ConnectTimeoutException("late"), FailureReason.CONNECT_TIMEOUT),
        arguments(
            CONNECT, new ConnectException("Connection timed out"), FailureReason.CONNECT_TIMEOUT),
        arguments(
            CONNECT, new NoRouteToHostException("no route"), FailureReason.CONNECT_UNREACHABLE),
        arguments(
            CONNECT, new UnsupportedAddressTypeException(), FailureReason.CONNECT_UNREACHABLE),
        arguments(
            CONNECT,
            new IOException("connect(..) failed: Network is unreachable"),
            FailureReason.CONNECT_UNREACHABLE),
        arguments(
            CONNECT,
            new IOException("connect(..) failed: No route to host"),
            FailureReason.CONNECT_UNREACHABLE),
        arguments(CONNECT, new IOException("Permission denied"), FailureReason.CONNECT_FAILURE));
  }

  private static Stream<Arguments> encrypting() {
    CertPathBuilderException noPath = new CertPathBuilderException("unable to find a path");
    return Stream.of(
        arguments(
            TLS,
            handshake(new CertificateExpiredException("old")),
            FailureReason.TLS_CERTIFICATE_EXPIRED),
        arguments(
            TLS,
            handshake(
                new CertificateException(
                    new CertPathValidatorException(new CertificateExpiredException("old")))),
            FailureReason.TLS_CERTIFICATE_EXPIRED),
        arguments(
            TLS,
            handshake(new CertificateNotYetValidException("new")),
            FailureReason.TLS_CERTIFICATE_NOT_YET_VALID),
        arguments(TLS, handshake(noPath), FailureReason.TLS_CERTIFICATE_UNTRUSTED),
        arguments(
            TLS,
            handshake(
                new CertPathValidatorException(
                    "signature check failed", new SignatureException("does not match"))),
            FailureReason.TLS_CERTIFICATE_UNTRUSTED),
        arguments(
            TLS,
            handshake(new CertificateException("No name matching example.test found")),
            FailureReason.TLS_HOSTNAME_MISMATCH),
        arguments(
            TLS,
            handshake(new CertificateException("No subject alternative names present")),
            FailureReason.TLS_HOSTNAME_MISMATCH),
        arguments(TLS, new NotSslRecordException("HTTP"), FailureReason.TLS_PROTOCOL),
        arguments(
            TLS,
            new SSLHandshakeException("Received fatal alert: protocol_version"),
            FailureReason.TLS_PROTOCOL),
        arguments(
            TLS,
            new SSLHandshakeException(
                "The server selected protocol version TLS11 is not accepted by client preferences"
                    + " [TLS13, TLS12]"),
            FailureReason.TLS_PROTOCOL),
        arguments(
            TLS,
            new SSLHandshakeException("Received fatal alert: handshake_failure"),
            FailureReason.TLS_FAILURE),
        arguments(TLS, new ClosedChannelException(), FailureReason.CLOSED_BY_PEER),
        arguments(TLS, new SocketException("Connection reset"), FailureReason.CONNECTION_RESET));
  }

  private static Stream<Arguments> streaming(Phase phase) {
    return Stream.of(
        arguments(phase, new ClosedChannelException(), FailureReason.CLOSED_BY_PEER),
        arguments(phase, new SocketException("Connection reset"), FailureReason.CONNECTION_RESET),
        arguments(
            phase,
            new IOException("recvAddress(..) failed: Connection reset by peer"),
            FailureReason.CONNECTION_RESET),
        arguments(phase, new IOException("Broken pipe"), FailureReason.CONNECTION_RESET),
        arguments(phase, new IOException("whatever"), FailureReason.CONNECTION_RESET),
        arguments(
            phase, new DecoderException(new SSLException("bad mac")), FailureReason.TLS_FAILURE));
  }

  private static Stream<Arguments> codecs() {
    return Stream.of(
        arguments(UPGRADE, new DecoderException("what"), FailureReason.UPGRADE_MALFORMED),
        arguments(PING, new CorruptedFrameException("what"), FailureReason.PROTOCOL_VIOLATION),
        arguments(PING, new TooLongFrameException("large"), FailureReason.FRAME_TOO_LARGE),
        arguments(
            PING,
            new CorruptedWebSocketFrameException(WebSocketCloseStatus.MESSAGE_TOO_BIG, "large"),
            FailureReason.FRAME_TOO_LARGE),
        arguments(
            PING,
            new CorruptedWebSocketFrameException(WebSocketCloseStatus.PROTOCOL_ERROR, "bits"),
            FailureReason.PROTOCOL_VIOLATION));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Received fatal alert: handshake_failure",
        "(bad_certificate) Received fatal alert: bad_certificate",
        "error:10000412:SSL routines:OPENSSL_internal:SSLV3_ALERT_BAD_CERTIFICATE",
        "error:10000418:SSL routines:OPENSSL_internal:TLSV1_ALERT_UNKNOWN_CA"
      })
  void takesAnAlertForARejectionWhereACertificateWasAskedFor(String message) {
    SSLException failure = new SSLException(message);
    for (Phase phase : new Phase[] {TLS, UPGRADE}) {
      assertThat(FailureClassifier.reasonOf(phase, failure, true))
          .isEqualTo(FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED);
      assertReason(phase, failure, FailureReason.TLS_FAILURE);
    }
    assertThat(FailureClassifier.reasonOf(UPGRADE, new DecoderException(failure), true))
        .isEqualTo(FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED);
    assertThat(FailureClassifier.reasonOf(PING, failure, true))
        .isEqualTo(FailureReason.TLS_FAILURE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Received fatal alert: certificate_required",
        "error:1000045c:SSL routines:OPENSSL_internal:TLSV1_ALERT_CERTIFICATE_REQUIRED"
      })
  void takesTheAlertOfTls13ForARejectionByItself(String message) {
    SSLException failure = new SSLException(message);
    assertReason(TLS, failure, FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED);
    assertReason(UPGRADE, failure, FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED);
  }

  @Test
  void doesNotTakeOurOwnRefusalForARejection() {
    SSLHandshakeException failure =
        handshake(new CertPathBuilderException("unable to find a path"));
    assertThat(FailureClassifier.reasonOf(TLS, failure, true))
        .isEqualTo(FailureReason.TLS_CERTIFICATE_UNTRUSTED);
  }

  @Test
  void survivesCausesThatGoInACircle() {
    IOException one = new IOException("one");
    IOException other = new IOException("other", one);
    one.initCause(other);
    assertReason(PING, one, FailureReason.CONNECTION_RESET);
  }

  private static SSLHandshakeException handshake(Exception cause) {
    SSLHandshakeException failure = new SSLHandshakeException("certificate");
    failure.initCause(cause);
    return failure;
  }

  private static void assertReason(Phase phase, Throwable failure, FailureReason reason) {
    assertThat(FailureClassifier.reasonOf(phase, failure, false)).isEqualTo(reason);
  }
}
