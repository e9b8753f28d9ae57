package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.engine.TlsPeer.readRecord;
import static io.github.websocketexporter.engine.TlsPeer.sendFirstFlight;
import static io.github.websocketexporter.engine.TlsPeer.serving;
import static java.time.temporal.ChronoUnit.HOURS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.metrics.ExpositionFormat;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a probe tells of the handshake and of the certificates, however far it came. */
class TlsFactsTest extends TlsEngineTest {
  private static final int PROBES = 50;

  @Test
  void tellsOfTheCertificateThatThePeerUsed() throws Exception {
    X509Bundle identity =
        issued(forLoopback().serial(new BigInteger("1c0ffee", 16)).notAfter(inHours(48)));
    try (ScriptedServer server = presenting(identity)) {
      ProbeResult result = probe(server);

      assertThat(result).succeededAfter(TO_PING);
      assertThat(facts(result).verified()).isTrue();
      assertThat(facts(result).chain())
          .isEqualTo(
              new ChainFacts(
                  expiry(identity),
                  expiry(certificates.authority()),
                  sha256(identity),
                  "CN=localhost",
                  "CN=Authority of a test",
                  "localhost,127.0.0.1,0:0:0:0:0:0:0:1",
                  "01c0ffee"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.3, TLS_AES_128_GCM_SHA256",
    "TLSv1.3, TLS_AES_256_GCM_SHA384",
    "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLSv1.2, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"
  })
  void namesTheVersionAndTheCipherAsIanaDoes(String version, String cipher) throws Exception {
    assertNegotiates(issued(forLoopback().rsa2048()), version, cipher);
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLSv1.2, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
  })
  void namesTheCipherOfAnEllipticKey(String version, String cipher) throws Exception {
    assertNegotiates(issued(forLoopback().ecp256()), version, cipher);
  }

  private void assertNegotiates(X509Bundle identity, String version, String cipher)
      throws Exception {
    SSLContext context = certificates.serverContext(identity);
    Script script =
        serving(
            context,
            parameters -> {
              parameters.setProtocols(new String[] {version});
              parameters.setCipherSuites(new String[] {cipher});
            },
            TlsPeer::serveOneProbe);
    try (ScriptedServer server = ScriptedServer.start(script)) {
      TlsFacts facts = facts(probe(server));
      assertThat(facts.version()).isEqualTo(version.replace("TLSv", "TLS "));
      assertThat(facts.cipher()).isEqualTo(cipher);
    }
  }

  @Test
  void tellsOfAnExpiredCertificate() throws Exception {
    X509Bundle identity = issued(forLoopback().notBefore(inHours(-3)).notAfter(inHours(-2)));
    ChainFacts chain = chainThatFails(identity, FailureReason.TLS_CERTIFICATE_EXPIRED);
    assertThat(chain.earliestExpirySeconds()).isEqualTo(expiry(identity));
    assertThat(chain.lastChainExpirySeconds()).isEqualTo(expiry(identity));
  }

  @Test
  void tellsOfACertificateThatIsNotYetValid() throws Exception {
    X509Bundle identity = issued(forLoopback().notBefore(inHours(1)).notAfter(inHours(2)));
    ChainFacts chain = chainThatFails(identity, FailureReason.TLS_CERTIFICATE_NOT_YET_VALID);
    assertThat(chain.earliestExpirySeconds()).isEqualTo(expiry(identity));
  }

  @Test
  void tellsOfACertificateWhoseIssuerIsNotTrusted() throws Exception {
    X509Bundle stranger = authority("a stranger").buildSelfSigned();
    X509Bundle identity = forLoopback().notAfter(inHours(5)).buildIssuedBy(stranger);
    ChainFacts chain = chainThatFails(identity, FailureReason.TLS_CERTIFICATE_UNTRUSTED);
    assertThat(chain.issuer()).isEqualTo("CN=a stranger");
    assertThat(chain.lastChainExpirySeconds()).isEqualTo(expiry(identity));
  }

  @Test
  void tellsOfASelfSignedCertificate() throws Exception {
    X509Bundle identity = forLoopback().setIsCertificateAuthority(true).buildSelfSigned();
    ChainFacts chain = chainThatFails(identity, FailureReason.TLS_CERTIFICATE_UNTRUSTED);
    assertThat(chain.issuer()).isEqualTo(chain.subject()).isEqualTo("CN=localhost");
    assertThat(chain.lastChainExpirySeconds()).isEqualTo(expiry(identity));
  }

  @Test
  void tellsOfACertificateForAnotherName() throws Exception {
    X509Bundle identity =
        issued(new CertificateBuilder().subject("CN=other").addSanDnsName("other.example.test"));
    ChainFacts chain = chainThatFails(identity, FailureReason.TLS_HOSTNAME_MISMATCH);
    assertThat(chain.subjectAlternative()).isEqualTo("other.example.test");
  }

  @Test
  void namesNoHostWhereTheCertificateHasNoAlternativeNames() throws Exception {
    X509Bundle identity = issued(new CertificateBuilder().subject("CN=127.0.0.1"));
    ChainFacts chain = chainThatFails(identity, FailureReason.TLS_HOSTNAME_MISMATCH);
    assertThat(chain.subjectAlternative()).isEmpty();
  }

  @Test
  void namesNoHostWhereTheAlternativeNamesCannotBeParsed() throws Exception {
    byte[] garbage = "no DER at all".getBytes(StandardCharsets.US_ASCII);
    X509Bundle identity =
        issued(
            new CertificateBuilder()
                .subject("CN=127.0.0.1")
                .addExtensionOctetString("2.5.29.17", false, garbage));
    try (ScriptedServer server = presenting(identity)) {
      // Of which reason depends on the JDK: newer ones do not go on to the common name.
      ProbeResult result = probe(server);
      assertThat(result).ran(TO_TLS);
      assertThat(facts(result).verified()).isFalse();
      assertThat(facts(result).chain().subjectAlternative()).isEmpty();
      assertThat(facts(result).chain().fingerprintSha256()).isEqualTo(sha256(identity));
    }
  }

  @Test
  void leavesNamesThatAreOfNoHostOut() throws Exception {
    X509Bundle identity =
        issued(forLoopback().addSanRfc822Name("me@example.test").addSanUriName("urn:example:test"));
    try (ScriptedServer server = presenting(identity)) {
      assertThat(facts(probe(server)).chain().subjectAlternative())
          .isEqualTo("localhost,127.0.0.1,0:0:0:0:0:0:0:1");
    }
  }

  @Test
  void takesTheExpiryOfAnIntermediateAuthorityThatEndsFirst() throws Exception {
    X509Bundle intermediate = issued(authority("an intermediate").notAfter(inHours(3)));
    X509Bundle identity = forLoopback().notAfter(inHours(9)).buildIssuedBy(intermediate);
    ChainFacts chain = chainThatVerifies(identity, identity.getCertificatePath());
    assertThat(chain.issuer()).isEqualTo("CN=an intermediate");
    assertThat(chain.earliestExpirySeconds()).isEqualTo(expiry(intermediate));
    assertThat(chain.lastChainExpirySeconds()).isEqualTo(expiry(intermediate));
  }

  /** As after a change of roots: the old root's signature of the new one is still sent along. */
  @Test
  void leavesAnExpiredCertificateThatIsNotNeededOutOfTheLastChain() throws Exception {
    X509Bundle oldRoot = authority("an old root").buildSelfSigned();
    X509Bundle crossSigned =
        expired(authority("Authority of a test"))
            .publicKey(certificates.authority().getKeyPair().getPublic())
            .buildIssuedBy(oldRoot);
    X509Bundle intermediate = issued(authority("an intermediate").notAfter(inHours(6)));
    X509Bundle identity = forLoopback().notAfter(inHours(3)).buildIssuedBy(intermediate);
    ChainFacts chain =
        chainThatVerifies(
            identity,
            identity.getCertificate(),
            intermediate.getCertificate(),
            crossSigned.getCertificate());
    assertThat(chain.earliestExpirySeconds()).isEqualTo(expiry(crossSigned));
    assertThat(chain.lastChainExpirySeconds()).isEqualTo(expiry(identity));
  }

  @Test
  void takesTheIntermediateAuthorityThatLastsOfTwoOfOneName() throws Exception {
    X509Bundle valid = issued(authority("an intermediate").notAfter(inHours(3)));
    X509Bundle old =
        expired(authority("an intermediate"))
            .publicKey(valid.getKeyPair().getPublic())
            .buildIssuedBy(authority("an old root").buildSelfSigned());
    X509Bundle identity = forLoopback().notAfter(inHours(9)).buildIssuedBy(valid);
    ChainFacts chain =
        chainThatVerifies(
            identity, identity.getCertificate(), old.getCertificate(), valid.getCertificate());
    assertThat(chain.earliestExpirySeconds()).isEqualTo(expiry(old));
    assertThat(chain.lastChainExpirySeconds()).isEqualTo(expiry(valid));
  }

  @Test
  void followsAChainThatGoesInACircleOnce() throws Exception {
    X509Bundle one = authority("one").notAfter(inHours(9)).buildSelfSigned();
    X509Bundle other = authority("other").notAfter(inHours(4)).buildIssuedBy(one);
    X509Bundle again = authority("one").notAfter(inHours(7)).buildIssuedBy(other);
    X509Bundle identity = forLoopback().notAfter(inHours(8)).buildIssuedBy(other);
    X509Certificate[] circle = {
      identity.getCertificate(), other.getCertificate(), again.getCertificate()
    };
    SSLContext context = context(identity, circle);
    try (ScriptedServer server = ScriptedServer.start(serving(context, TlsPeer::serveOneProbe))) {
      ProbeResult result = probe(server);
      assertThat(result).failedWith(FailureReason.TLS_CERTIFICATE_UNTRUSTED, TO_TLS);
      assertThat(facts(result).chain().lastChainExpirySeconds()).isEqualTo(expiry(other));
    }
  }

  @Test
  void takesHugeNamesAndCutsThemAsLabels() throws Exception {
    CertificateBuilder huge = forLoopback().subject("CN=localhost,O=" + "ö".repeat(3_000));
    for (int i = 0; i < 200; i++) {
      huge.addSanDnsName("name-" + i + ".example.test");
    }
    try (ScriptedServer server = presenting(issued(huge))) {
      ProbeResult result = probe(server);

      assertThat(result).succeededAfter(TO_PING);
      assertThat(facts(result).chain().subject()).contains("ö".repeat(3_000));
      assertThat(facts(result).chain().subjectAlternative()).endsWith(",name-199.example.test");
      assertThat(labelValues(result))
          .anyMatch(value -> value.startsWith("localhost,127.0.0.1,"))
          .allSatisfy(value -> assertThat(utf8Length(value)).isLessThanOrEqualTo(1_024));
    }
  }

  @Test
  void knowsNothingOfAPeerWithoutTls() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      ProbeResult result = runner.probe(server.ws("/"));
      assertThat(result.success()).isTrue();
      assertThat(result.tls()).isNull();
    }
  }

  @Test
  void knowsNothingOfAPeerThatAnswersTheHelloInAnotherProtocol() throws Exception {
    Script script =
        wire -> {
          readRecord(wire);
          wire.send("HTTP/1.1 400 Bad Request\r\n\r\n");
          wire.sendEof();
          wire.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result = probe(server);
      assertThat(result).failedWith(FailureReason.TLS_PROTOCOL, TO_TLS);
      assertThat(result.tls()).isNull();
    }
  }

  @Test
  void tellsOfTheCertificateWhenTheDeadlineComesInTheMiddleOfTheHandshake() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(stuckInTheHandshake())) {
      ProbeResult result = runner.probe(wss(server, "127.0.0.1"), SHORT);

      assertThat(result).failedWith(FailureReason.TLS_TIMEOUT, TO_TLS).tookAbout(SHORT);
      assertThat(facts(result).verified()).isTrue();
      assertThat(facts(result).version()).isNull();
      assertThat(facts(result).cipher()).isNull();
      assertThat(facts(result).chain().fingerprintSha256())
          .isEqualTo(sha256(certificates.server()));
      awaitNoHandshake();
    }
  }

  @Test
  void holdsAHandshakeUntilItsProbeIsCancelled() throws Exception {
    CompletableFuture<Boolean> answered = new CompletableFuture<>();
    Script script =
        wire -> {
          sendFirstFlight(wire, certificates.serverContext(), "TLSv1.2", false);
          readRecord(wire);
          answered.complete(true);
          wire.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Running probe = runner.start(wss(server, "127.0.0.1"), AMPLE);
      await(answered);
      assertThat(runner.openHandshakes()).isEqualTo(1);
      probe.cancel();

      assertThat(probe.result()).failedWith(FailureReason.CANCELLED, TO_TLS);
      assertThat(facts(probe.result()).chain().fingerprintSha256())
          .isEqualTo(sha256(certificates.server()));
      awaitNoHandshake();
    }
  }

  @Test
  void holdsNoHandshakeThatIsOver() throws Exception {
    CompletableFuture<Boolean> upgraded = new CompletableFuture<>();
    CompletableFuture<Boolean> looked = new CompletableFuture<>();
    Script script =
        serving(
            certificates.serverContext(),
            peer -> {
              peer.inside().acceptUpgrade();
              upgraded.complete(true);
              await(looked);
              peer.inside().pong();
              peer.inside().readFrame(Peer.CLOSE);
            });
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Running probe = runner.start(wss(server, "127.0.0.1"), AMPLE);
      await(upgraded);
      assertThat(probe.ended()).isFalse();
      assertThat(runner.openHandshakes()).isZero();
      looked.complete(true);
      assertThat(probe.result()).succeededAfter(TO_PING);
    }
  }

  @Test
  void tellsManyCertificatesThatComeAtOnceApart() throws Exception {
    List<X509Bundle> identities = new ArrayList<>();
    List<ScriptedServer> servers = new ArrayList<>();
    try {
      for (int i = 0; i < PROBES; i++) {
        X509Bundle identity = issued(forLoopback().subject("CN=server " + i));
        identities.add(identity);
        servers.add(presenting(identity));
      }
      List<Running> probes =
          servers.stream().map(server -> runner.start(wss(server, "127.0.0.1"), AMPLE)).toList();
      for (int i = 0; i < PROBES; i++) {
        ProbeResult result = probes.get(i).result();
        assertThat(result).succeededAfter(TO_PING);
        assertThat(facts(result).chain().subject()).isEqualTo("CN=server " + i);
        assertThat(facts(result).chain().fingerprintSha256()).isEqualTo(sha256(identities.get(i)));
      }
    } finally {
      servers.forEach(ScriptedServer::close);
    }
  }

  private ChainFacts chainThatFails(X509Bundle identity, FailureReason reason) throws Exception {
    try (ScriptedServer server = presenting(identity)) {
      ProbeResult result = probe(server);

      assertThat(result).failedWith(reason, TO_TLS);
      TlsFacts facts = facts(result);
      assertThat(facts.verified()).isFalse();
      assertThat(facts.version()).isNull();
      assertThat(facts.cipher()).isNull();
      assertThat(facts.chain().fingerprintSha256()).isEqualTo(sha256(identity));
      return facts.chain();
    }
  }

  private ChainFacts chainThatVerifies(X509Bundle identity, X509Certificate... presented)
      throws Exception {
    SSLContext context = context(identity, presented);
    try (ScriptedServer server = ScriptedServer.start(serving(context, TlsPeer::serveOneProbe))) {
      ProbeResult result = probe(server);

      assertThat(result).succeededAfter(TO_PING);
      assertThat(facts(result).verified()).isTrue();
      return facts(result).chain();
    }
  }

  private static List<String> labelValues(ProbeResult result) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      ProbeMetrics.write(result, ExpositionFormat.TEXT, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Pattern.compile("=\"((?:[^\"\\\\]|\\\\.)*+)\"")
        .matcher(text.toString(StandardCharsets.UTF_8))
        .results()
        .map(value -> value.group(1).replaceAll("\\\\(.)", "$1"))
        .toList();
  }

  private static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private void awaitNoHandshake() {
    Awaitility.await().until(() -> runner.openHandshakes() == 0);
  }

  /** A script that shows its certificate and never ends the handshake. */
  private static Script stuckInTheHandshake() {
    return wire -> {
      sendFirstFlight(wire, certificates.serverContext(), "TLSv1.2", false);
      wire.awaitEnd();
    };
  }

  private static ScriptedServer presenting(X509Bundle identity) throws Exception {
    return ScriptedServer.start(
        serving(certificates.serverContext(identity), TlsPeer::serveOneProbe));
  }

  private static SSLContext context(X509Bundle identity, X509Certificate... presented)
      throws Exception {
    return certificates.serverContext(
        new PresentedChain(identity.getKeyPair().getPrivate(), presented));
  }

  private static X509Bundle issued(CertificateBuilder certificate) throws Exception {
    return certificate.buildIssuedBy(certificates.authority());
  }

  private static CertificateBuilder authority(String name) {
    return new CertificateBuilder().subject("CN=" + name).setIsCertificateAuthority(true);
  }

  private static CertificateBuilder expired(CertificateBuilder certificate) {
    return certificate.notBefore(inHours(-3)).notAfter(inHours(-2));
  }

  private static Instant inHours(int hours) {
    return Instant.now().plus(hours, HOURS);
  }

  private static TlsFacts facts(ProbeResult result) {
    return Optional.ofNullable(result.tls()).orElseThrow();
  }

  private static long expiry(X509Bundle bundle) {
    return bundle.getCertificate().getNotAfter().toInstant().getEpochSecond();
  }

  private static String sha256(X509Bundle bundle) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    return HexFormat.of().formatHex(digest.digest(bundle.getCertificate().getEncoded()));
  }
}
