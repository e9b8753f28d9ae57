package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.request;
import static io.github.websocketexporter.engine.TlsPeer.serving;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes of modules that say how TLS is to be spoken. */
class TlsModuleTest extends TlsEngineTest {
  private static final String RSA_SUITE = "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA";
  private static final String EC_SUITE = "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA";

  private final Queue<Certificate> shown = new ConcurrentLinkedQueue<>();
  private final Queue<String> serverNames = new ConcurrentLinkedQueue<>();

  @Test
  void trustsTheAuthorityOfItsFileAndNoOther() throws Exception {
    X509Bundle stranger = authority("a stranger");
    ProbeModule module = tls("ca-file = " + file(stranger.getCertificatePEM()));
    try (ScriptedServer server = presenting(forLoopback().buildIssuedBy(stranger));
        ScriptedServer trustedByTheJvm = presenting(certificates.server())) {
      assertThat(probe(server, module)).succeededAfter(TO_PING);
      assertThat(probe(trustedByTheJvm, module))
          .failedWith(FailureReason.TLS_CERTIFICATE_UNTRUSTED, TO_TLS);
    }
  }

  @Test
  void doesNotTrustWhatAnotherModuleHasFoundGood() throws Exception {
    X509Bundle stranger = authority("a stranger");
    ProbeModule trusting = tls("ca-file = " + file(stranger.getCertificatePEM()));
    try (ScriptedServer server = presenting(forLoopback().buildIssuedBy(stranger))) {
      for (int i = 0; i < 2; i++) {
        assertThat(probe(server, trusting)).succeededAfter(TO_PING);
        assertThat(probe(server)).failedWith(FailureReason.TLS_CERTIFICATE_UNTRUSTED, TO_TLS);
      }
    }
  }

  @Test
  void trustsASelfSignedCertificateThatIsItsOwnAuthority() throws Exception {
    X509Bundle self = forLoopback().setIsCertificateAuthority(true).buildSelfSigned();
    try (ScriptedServer server = presenting(self)) {
      assertThat(probe(server, tls("ca-file = " + file(self.getCertificatePEM()))))
          .succeededAfter(TO_PING);
    }
  }

  @ParameterizedTest
  @CsvSource({"TLS 1.2, EC", "TLS 1.2, RSA", "TLS 1.3, EC", "TLS 1.3, RSA"})
  void showsItsCertificateToAServerThatInsists(String version, String algorithm) throws Exception {
    X509Bundle client = client(algorithm, certificates.authority());
    try (ScriptedServer server = insisting()) {
      for (int i = 0; i < 2; i++) {
        assertThat(probe(server, tls(identity(client) + "max-version = " + version)))
            .succeededAfter(TO_PING);
      }
      assertThat(shown).containsExactly(client.getCertificate(), client.getCertificate());
    }
  }

  @Test
  void showsTheWholeChainOfItsCertificate() throws Exception {
    X509Bundle intermediate =
        new CertificateBuilder()
            .subject("CN=an intermediate")
            .setIsCertificateAuthority(true)
            .buildIssuedBy(certificates.authority());
    try (ScriptedServer server = insisting()) {
      assertThat(probe(server, tls(identity(client("EC", intermediate))))).succeededAfter(TO_PING);
    }
  }

  @Test
  void doesNotShowItsCertificateToAServerThatDoesNotAsk() throws Exception {
    X509Bundle client = client("EC", certificates.authority());
    try (ScriptedServer server = presenting(certificates.server())) {
      assertThat(probe(server, tls(identity(client)))).succeededAfter(TO_PING);
      assertThat(shown).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"TLS 1.2, EC", "TLS 1.2, RSA", "TLS 1.3, EC", "TLS 1.3, RSA"})
  void isRejectedWithACertificateOfAnAuthorityThatTheServerDoesNotTrust(
      String version, String algorithm) throws Exception {
    X509Bundle client = client(algorithm, authority("a stranger"));
    try (ScriptedServer server = insisting()) {
      assertThat(probe(server, tls(identity(client) + "max-version = " + version)))
          .failedWith(
              FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED,
              version.equals("TLS 1.2") ? TO_TLS : TO_UPGRADE)
          .notAnswered();
    }
  }

  @Test
  void sendsItsServerNameAndVerifiesIt() throws Exception {
    ProbeModule module = tls("server-name = inside.example.test");
    try (ScriptedServer right = presenting(issuedFor("inside.example.test"));
        ScriptedServer wrong = presenting(certificates.server())) {
      assertThat(probe(right, module)).succeededAfter(TO_PING);
      assertThat(serverNames).containsExactly("inside.example.test");
      assertThat(probe(wrong, module)).failedWith(FailureReason.TLS_HOSTNAME_MISMATCH, TO_TLS);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"192.0.2.7", "2001:db8::7"})
  void verifiesAnAddressAndSendsNone(String address) throws Exception {
    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=an address")
            .addSanIpAddress(address)
            .buildIssuedBy(certificates.authority());
    ProbeModule module = tls("server-name = \"" + address + "\"");
    try (ScriptedServer right = presenting(identity);
        ScriptedServer wrong = presenting(certificates.server())) {
      assertThat(probe(right, module)).succeededAfter(TO_PING);
      assertThat(probe(wrong, module)).failedWith(FailureReason.TLS_HOSTNAME_MISMATCH, TO_TLS);
      assertThat(serverNames).isEmpty();
    }
  }

  @Test
  void putsUpWithAChainThatIsNotTrusted() throws Exception {
    assertPutsUpWith(forLoopback().buildIssuedBy(authority("a stranger")));
  }

  @Test
  void putsUpWithACertificateThatHasExpired() throws Exception {
    Instant now = Instant.now();
    assertPutsUpWith(
        forLoopback()
            .notBefore(now.minus(2, ChronoUnit.DAYS))
            .notAfter(now.minus(1, ChronoUnit.DAYS))
            .buildIssuedBy(certificates.authority()));
  }

  @Test
  void putsUpWithAnotherName() throws Exception {
    assertPutsUpWith(issuedFor("other.example.test"));
  }

  @Test
  void saysVerifiedOfAGoodChainThatItWouldNotHaveMinded() throws Exception {
    try (ScriptedServer server = presenting(certificates.server())) {
      ProbeResult result = probe(server, tls("insecure-skip-verify = true"));

      assertThat(result).succeededAfter(TO_PING);
      assertThat(facts(result).verified()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "min-version = TLS 1.3, TLSv1.2",
    "max-version = TLS 1.2, TLSv1.3",
  })
  void failsWhereTheServerHasNoneOfItsVersions(String range, String version) throws Exception {
    try (ScriptedServer server = presenting(certificates.server(), only(version))) {
      assertThat(probe(server, tls(range)))
          .failedWith(FailureReason.TLS_PROTOCOL, TO_TLS)
          .notAnswered();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "min-version = TLS 1.3, TLS 1.3",
    "max-version = TLS 1.2, TLS 1.2",
    "min-version = TLS 1.2, TLS 1.3"
  })
  void speaksTheNewestOfItsVersions(String range, String version) throws Exception {
    try (ScriptedServer server = presenting(certificates.server())) {
      assertThat(facts(probe(server, tls(range))).version()).isEqualTo(version);
    }
  }

  @Test
  void offersItsCiphersAndNoOthers() throws Exception {
    ProbeModule module = tls("ciphers = [" + RSA_SUITE + ", " + EC_SUITE + "]");
    try (ScriptedServer server = presenting(certificates.server(), only("TLSv1.2"));
        ScriptedServer other =
            presenting(
                certificates.server(),
                only("TLSv1.2")
                    .andThen(
                        parameters ->
                            parameters.setCipherSuites(
                                new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"})))) {
      assertThat(facts(probe(server, module)).cipher()).isEqualTo(EC_SUITE);
      assertThat(probe(other, module)).failedWith(FailureReason.TLS_FAILURE, TO_TLS);
      assertThat(probe(other)).succeededAfter(TO_PING);
    }
  }

  @Test
  void offersTheCiphersOfTls13WhateverItsOwnAre() throws Exception {
    ProbeModule module = tls("ciphers = [" + EC_SUITE + "]");
    try (ScriptedServer server = presenting(certificates.server(), only("TLSv1.3"))) {
      assertThat(facts(probe(server, module)).cipher()).startsWith("TLS_AES_");
    }
  }

  @Test
  void goesOnAsItBeganWhenAReloadForgetsItsSettings() throws Exception {
    names.has("target.example.test", 1, "127.0.0.1");
    names.hold();
    try (ScriptedServer server = presenting(issuedFor("target.example.test"))) {
      ProbeModule module = tls("max-version = TLS 1.2");
      Running probe =
          runner.start(request(wss(server, "target.example.test"), AMPLE, module), result -> {});
      Awaitility.await().until(() -> !names.queries().isEmpty());
      runner.forgetTls();
      names.release();

      assertThat(probe.result()).succeededAfter(ALL);
      assertThat(facts(probe.result()).version()).isEqualTo("TLS 1.2");
    }
  }

  private void assertPutsUpWith(X509Bundle identity) throws Exception {
    try (ScriptedServer server = presenting(identity)) {
      ProbeResult result = probe(server, tls("insecure-skip-verify = true"));

      assertThat(result).succeededAfter(TO_PING);
      assertThat(facts(result).verified()).isFalse();
      assertThat(facts(result).chain().earliestExpirySeconds())
          .isEqualTo(identity.getCertificate().getNotAfter().toInstant().getEpochSecond());
    }
  }

  private ProbeResult probe(ScriptedServer server, ProbeModule module) {
    return runner.probe(wss(server, "127.0.0.1"), module);
  }

  private static ProbeModule tls(String settings) {
    return Modules.of("tls { " + settings + " }");
  }

  private ScriptedServer presenting(X509Bundle identity) throws Exception {
    return presenting(identity, parameters -> {});
  }

  private ScriptedServer presenting(X509Bundle identity, Consumer<SSLParameters> setup)
      throws Exception {
    return ScriptedServer.start(
        serving(
            certificates.serverContext(identity),
            setup.andThen(this::noteServerNames),
            TlsPeer::serveOneProbe));
  }

  /** Asks for a certificate of the authority's, and notes which one it is shown. */
  private ScriptedServer insisting() throws Exception {
    return ScriptedServer.start(
        serving(
            certificates.serverContext(),
            parameters -> parameters.setNeedClientAuth(true),
            peer -> {
              SSLSocket socket = (SSLSocket) peer.inside().socket();
              shown.add(socket.getSession().getPeerCertificates()[0]);
              peer.serveOneProbe();
            }));
  }

  private void noteServerNames(SSLParameters parameters) {
    SNIMatcher matcher =
        new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
          @Override
          public boolean matches(SNIServerName name) {
            return serverNames.add(new String(name.getEncoded(), StandardCharsets.US_ASCII));
          }
        };
    parameters.setSNIMatchers(List.of(matcher));
  }

  private static Consumer<SSLParameters> only(String version) {
    return parameters -> parameters.setProtocols(new String[] {version});
  }

  private static X509Bundle issuedFor(String name) throws Exception {
    return new CertificateBuilder()
        .subject("CN=" + name)
        .addSanDnsName(name)
        .buildIssuedBy(certificates.authority());
  }

  private static X509Bundle authority(String name) throws Exception {
    return new CertificateBuilder()
        .subject("CN=" + name)
        .setIsCertificateAuthority(true)
        .buildSelfSigned();
  }

  private static X509Bundle client(String algorithm, X509Bundle issuer) throws Exception {
    CertificateBuilder client = new CertificateBuilder().subject("CN=a client");
    return (algorithm.equals("RSA") ? client.rsa2048() : client.ecp256()).buildIssuedBy(issuer);
  }

  private static String identity(X509Bundle client) throws Exception {
    return "cert-file = %s\n key-file = %s\n"
        .formatted(file(client.getCertificatePathPEM()), file(client.getPrivateKeyPEM()));
  }

  /** The name, as it is written in a module, of a file that holds {@code pem}. */
  private static String file(String pem) throws Exception {
    Path file = Files.createTempFile(directory, "module", ".pem");
    return "\"" + Files.writeString(file, pem) + "\"";
  }

  private static TlsFacts facts(ProbeResult result) {
    return Optional.ofNullable(result.tls()).orElseThrow(() -> new AssertionError(result));
  }
}
