package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.TlsPeer.serving;
import static java.time.temporal.ChronoUnit.DAYS;
import static java.time.temporal.ChronoUnit.SECONDS;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Probes of servers whose certificate does not verify. */
class TlsCertificateTest extends TlsEngineTest {
  private static final Phase[] NAME_TO_TLS = {Phase.RESOLVE, Phase.CONNECT, Phase.TLS};

  @Test
  void failsWhenTheCertificateHasExpired() throws Exception {
    assertFails(issued(expired(forLoopback())), FailureReason.TLS_CERTIFICATE_EXPIRED);
  }

  @Test
  void failsWhenTheCertificateExpiresThatWasGoodBefore() throws Exception {
    Instant end = Instant.now().truncatedTo(SECONDS).plusSeconds(5);
    try (ScriptedServer server = presenting(issued(forLoopback().notAfter(end)))) {
      assertThat(probe(server)).succeededAfter(TO_PING);
      Pause.of(Duration.between(Instant.now(), end.plusSeconds(1)));
      assertThat(probe(server)).failedWith(FailureReason.TLS_CERTIFICATE_EXPIRED, TO_TLS);
    }
  }

  @Test
  void failsForEachNameThatACertificateIsNotForAndThatIsGoodForAnother() throws Exception {
    X509Bundle identity =
        issued(new CertificateBuilder().subject("CN=a test").addSanIpAddress("127.0.0.1"));
    try (ScriptedServer server = presenting(identity)) {
      for (int i = 0; i < 2; i++) {
        assertThat(probe(server)).succeededAfter(TO_PING);
        assertThat(probe(server, "localhost"))
            .failedWith(FailureReason.TLS_HOSTNAME_MISMATCH, NAME_TO_TLS);
      }
    }
  }

  @Test
  void failsWhenTheCertificateIsNotYetValid() throws Exception {
    CertificateBuilder early = forLoopback().notBefore(inDays(1)).notAfter(inDays(2));
    assertFails(issued(early), FailureReason.TLS_CERTIFICATE_NOT_YET_VALID);
  }

  @Test
  void failsWhenTheCertificateOfAnIntermediateAuthorityHasExpired() throws Exception {
    X509Bundle intermediate = issued(expired(authority("an intermediate")));
    assertFails(forLoopback().buildIssuedBy(intermediate), FailureReason.TLS_CERTIFICATE_EXPIRED);
  }

  @Test
  void takesAnIntermediateAuthority() throws Exception {
    X509Bundle identity = forLoopback().buildIssuedBy(issued(authority("an intermediate")));
    try (ScriptedServer server = presenting(identity)) {
      assertThat(probe(server)).succeededAfter(TO_PING);
    }
  }

  @Test
  void failsWhenTheServerLeavesOutItsIntermediateAuthority() throws Exception {
    X509Bundle identity = forLoopback().buildIssuedBy(issued(authority("an intermediate")));
    X509Bundle alone =
        X509Bundle.fromCertificatePath(
            new X509Certificate[] {identity.getCertificate()},
            identity.getRootCertificate(),
            identity.getKeyPair());
    assertFails(alone, FailureReason.TLS_CERTIFICATE_UNTRUSTED);
  }

  @Test
  void failsWhenTheIssuerIsNotTrusted() throws Exception {
    X509Bundle stranger = authority("a stranger").buildSelfSigned();
    assertFails(forLoopback().buildIssuedBy(stranger), FailureReason.TLS_CERTIFICATE_UNTRUSTED);
  }

  /** The names say that the trusted authority is the issuer; the signature does not. */
  @Test
  void failsWhenTheIssuerOnlyHasTheNameOfATrustedOne() throws Exception {
    X509Bundle impostor = authority("Authority of a test").buildSelfSigned();
    assertFails(forLoopback().buildIssuedBy(impostor), FailureReason.TLS_CERTIFICATE_UNTRUSTED);
  }

  @Test
  void failsWhenTheCertificateIsSelfSigned() throws Exception {
    assertFails(
        forLoopback().setIsCertificateAuthority(true).buildSelfSigned(),
        FailureReason.TLS_CERTIFICATE_UNTRUSTED);
  }

  @Test
  void failsWhenTheCertificateIsForAnotherName() throws Exception {
    X509Bundle identity = issued(forNames("other.example.test"));
    assertFails("localhost", identity, FailureReason.TLS_HOSTNAME_MISMATCH, NAME_TO_TLS);
  }

  @Test
  void failsWhenTheCertificateHasNoAlternativeNameAndAnotherCommonName() throws Exception {
    X509Bundle identity = issued(new CertificateBuilder().subject("CN=other.example.test"));
    assertFails("localhost", identity, FailureReason.TLS_HOSTNAME_MISMATCH, NAME_TO_TLS);
  }

  @Test
  void failsWhenTheCertificateIsForAnotherAddress() throws Exception {
    X509Bundle identity = issued(forNames("localhost").addSanIpAddress("127.0.0.2"));
    assertFails(identity, FailureReason.TLS_HOSTNAME_MISMATCH);
  }

  @Test
  void failsWhenTheCertificateOfAnAddressHasOnlyNames() throws Exception {
    assertFails(issued(forNames("localhost")), FailureReason.TLS_HOSTNAME_MISMATCH);
  }

  @Test
  void failsWhenTheCertificateOfAnAddressHasNoAlternativeName() throws Exception {
    X509Bundle identity = issued(new CertificateBuilder().subject("CN=127.0.0.1"));
    assertFails(identity, FailureReason.TLS_HOSTNAME_MISMATCH);
  }

  @Test
  void saysExpiredOfACertificateThatIsAlsoForAnotherName() throws Exception {
    X509Bundle identity = issued(expired(forNames("other.example.test")));
    assertFails("localhost", identity, FailureReason.TLS_CERTIFICATE_EXPIRED, NAME_TO_TLS);
  }

  @Test
  void saysUntrustedOfACertificateThatIsAlsoExpiredAndForAnotherName() throws Exception {
    X509Bundle identity =
        expired(forNames("other.example.test")).setIsCertificateAuthority(true).buildSelfSigned();
    assertFails("localhost", identity, FailureReason.TLS_CERTIFICATE_UNTRUSTED, NAME_TO_TLS);
  }

  private void assertFails(X509Bundle identity, FailureReason reason) throws Exception {
    assertFails("127.0.0.1", identity, reason, TO_TLS);
  }

  private void assertFails(String host, X509Bundle identity, FailureReason reason, Phase[] phases)
      throws Exception {
    try (ScriptedServer server = presenting(identity)) {
      assertThat(probe(server, host))
          .failedWith(reason, phases)
          .notAnswered()
          .hasAddress("127.0.0.1");
    }
  }

  private static ScriptedServer presenting(X509Bundle identity) throws Exception {
    return ScriptedServer.start(
        serving(certificates.serverContext(identity), TlsPeer::serveOneProbe));
  }

  private static X509Bundle issued(CertificateBuilder certificate) throws Exception {
    return certificate.buildIssuedBy(certificates.authority());
  }

  private static CertificateBuilder authority(String name) {
    return new CertificateBuilder().subject("CN=" + name).setIsCertificateAuthority(true);
  }

  private static CertificateBuilder forNames(String name) {
    return new CertificateBuilder().subject("CN=" + name).addSanDnsName(name);
  }

  private static CertificateBuilder expired(CertificateBuilder certificate) {
    return certificate.notBefore(inDays(-2)).notAfter(inDays(-1));
  }

  private static Instant inDays(int days) {
    return Instant.now().plus(days, DAYS);
  }
}
