package io.github.websocketexporter.transport;

import static java.time.temporal.ChronoUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.security.cert.X509Certificate;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** For how long, and for what, a chain that was found good once is known to be good. */
class GoodChainsTest {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final Instant LATE = START.plus(100, MINUTES);
  private static final Instant SOON = START.plusSeconds(60);
  private static final String USE = "UNKNOWN";

  @SuppressWarnings("NullAway.Init")
  private static X509Bundle root;

  @SuppressWarnings("NullAway.Init")
  private static X509Bundle intermediate;

  @SuppressWarnings("NullAway.Init")
  private static X509Bundle leaf;

  private Instant now = START;
  private final GoodChains chains = new GoodChains(() -> now.toEpochMilli());

  @BeforeAll
  static void makeCertificates() throws Exception {
    root = authority("CN=a root", LATE).buildSelfSigned();
    intermediate = authority("CN=between", LATE).buildIssuedBy(root);
    leaf = server(LATE).buildIssuedBy(intermediate);
  }

  @BeforeEach
  void findGood() {
    find(leaf);
  }

  @Test
  void aChainIsKnownOnceItWasFoundGood() throws Exception {
    assertThat(isKnown(leaf)).isTrue();
    assertThat(isKnown(server(LATE).buildIssuedBy(intermediate))).isFalse();
  }

  @Test
  void anotherCertificateOfTheSameKeyIsNotKnown() throws Exception {
    X509Bundle renewed =
        server(LATE.plusSeconds(1)).keyPair(leaf.getKeyPair()).buildIssuedBy(intermediate);
    assertThat(isKnown(renewed)).isFalse();
  }

  @Test
  void aChainIsNotKnownForAnotherName() {
    assertThat(isKnown(leaf.getCertificatePath(), USE, "other.example")).isFalse();
  }

  @Test
  void aChainIsNotKnownForAnotherUse() {
    assertThat(isKnown(leaf.getCertificatePath(), "ECDHE_ECDSA", "localhost")).isFalse();
  }

  @Test
  void aPartOfAChainIsNotKnown() {
    X509Certificate[] alone = {leaf.getCertificate()};
    assertThat(isKnown(alone, USE, "localhost")).isFalse();
  }

  @Test
  void theSameCertificatesInAnotherOrderAreNotKnown() {
    X509Certificate[] turned = {intermediate.getCertificate(), leaf.getCertificate()};
    assertThat(isKnown(turned, USE, "localhost")).isFalse();
  }

  @Test
  void noChainIsKnownWithoutAName() {
    X509Certificate[] chain = leaf.getCertificatePath();
    chains.add(GoodChains.key(chain, USE, null), chain);
    assertThat(isKnown(chain, USE, null)).isFalse();
  }

  @Test
  void aChainIsForgottenAfterTenMinutes() {
    assertForgotten(leaf, START.plus(10, MINUTES));
    find(leaf);
    assertForgotten(leaf, START.plus(20, MINUTES));
  }

  @Test
  void aChainIsForgottenWhenItsLeafExpires() throws Exception {
    X509Bundle brief = server(SOON).buildIssuedBy(intermediate);
    find(brief);
    assertForgotten(brief, SOON);
  }

  @Test
  void aChainIsForgottenWhenAnAuthorityOfItExpires() throws Exception {
    X509Bundle identity =
        server(LATE).buildIssuedBy(authority("CN=brief", SOON).buildIssuedBy(root));
    find(identity);
    assertForgotten(identity, SOON);
  }

  private void assertForgotten(X509Bundle identity, Instant end) {
    now = end.minusMillis(1);
    assertThat(isKnown(identity)).isTrue();
    now = end;
    assertThat(isKnown(identity)).isFalse();
  }

  @Test
  void aChainIsNotKnownWhenTheClockWasSetBack() {
    now = START.minusMillis(1);
    assertThat(isKnown(leaf)).isFalse();
  }

  private void find(X509Bundle identity) {
    X509Certificate[] chain = identity.getCertificatePath();
    chains.add(GoodChains.key(chain, USE, "localhost"), chain);
  }

  private boolean isKnown(X509Bundle identity) {
    return isKnown(identity.getCertificatePath(), USE, "localhost");
  }

  private boolean isKnown(X509Certificate[] chain, String use, @Nullable String name) {
    return chains.contains(GoodChains.key(chain, use, name));
  }

  private static CertificateBuilder authority(String subject, Instant end) {
    return new CertificateBuilder()
        .subject(subject)
        .setIsCertificateAuthority(true)
        .notBefore(START.minus(1, MINUTES))
        .notAfter(end);
  }

  private static CertificateBuilder server(Instant end) {
    return new CertificateBuilder()
        .subject("CN=localhost")
        .addSanDnsName("localhost")
        .notBefore(START.minus(1, MINUTES))
        .notAfter(end);
  }
}
