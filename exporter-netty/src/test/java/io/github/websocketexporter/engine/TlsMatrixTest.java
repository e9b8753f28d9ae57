package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.TlsPeer.HANDSHAKE;
import static io.github.websocketexporter.engine.TlsPeer.fatalAlert;
import static io.github.websocketexporter.engine.TlsPeer.readRecord;
import static io.github.websocketexporter.engine.TlsPeer.record;
import static io.github.websocketexporter.engine.TlsPeer.sendFirstFlight;
import static io.github.websocketexporter.engine.TlsPeer.serverHello;
import static io.github.websocketexporter.engine.TlsPeer.serving;
import static io.github.websocketexporter.probe.FailureReason.TLS_CERTIFICATE_EXPIRED;
import static io.github.websocketexporter.probe.FailureReason.TLS_CERTIFICATE_NOT_YET_VALID;
import static io.github.websocketexporter.probe.FailureReason.TLS_CERTIFICATE_UNTRUSTED;
import static io.github.websocketexporter.probe.FailureReason.TLS_FAILURE;
import static io.github.websocketexporter.probe.FailureReason.TLS_HOSTNAME_MISMATCH;
import static io.github.websocketexporter.probe.FailureReason.TLS_PROTOCOL;
import static java.time.temporal.ChronoUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Every kind of server that must not be taken for the one that was meant, and what is said of it.
 */
class TlsMatrixTest extends TlsEngineTest {
  private static final String ADDRESS = "127.0.0.1";
  private static final String NAME = "node.example.test";

  /** What is probed under which name, and what must come of it. */
  private record Row(String host, FailureReason reason, Script script) {}

  private final Map<String, Row> table = new LinkedHashMap<>();

  @Test
  void eachBadServerFailsForItsReasonAndNoneIsAccepted(TestReporter reporter) throws Exception {
    certificatesInTime();
    certificatesOfNames();
    chains();
    weakCertificates();
    handshakes();
    int exact = 0;
    int accepted = 0;
    SoftAssertions softly = new SoftAssertions();
    for (Map.Entry<String, Row> row : table.entrySet()) {
      ProbeResult result = probe(row.getValue());
      Failure failure = result.failure();
      String wanted = Phase.TLS + " " + row.getValue().reason();
      String found = failure == null ? "accepted" : failure.phase() + " " + failure.reason();
      softly.assertThat(found).as("%s: %s", row.getKey(), result).isEqualTo(wanted);
      exact += found.equals(wanted) ? 1 : 0;
      accepted += failure == null ? 1 : 0;
    }
    reporter.publishEntry(
        "TLS matrix, " + provider + ", Java " + Runtime.version().feature(),
        exact + " of " + table.size() + " with the exact reason, " + accepted + " accepted");
    softly.assertAll();
  }

  @Test
  void theGoodServersAreAccepted() throws Exception {
    X509Bundle intermediate = issued(authority("an intermediate"));
    Map<String, X509Bundle> good = new LinkedHashMap<>();
    good.put(ADDRESS, issued(forLoopback()));
    good.put(NAME, issued(forName(NAME)));
    good.put("other.example.test", issued(forName("*.example.test")));
    good.put("a.node.example.test", forName("*.node.example.test").buildIssuedBy(intermediate));
    for (Map.Entry<String, X509Bundle> each : good.entrySet()) {
      Script script = serving(certificates.serverContext(each.getValue()), TlsPeer::serveOneProbe);
      assertThat(probe(new Row(each.getKey(), TLS_FAILURE, script)).success())
          .as(each.getKey())
          .isTrue();
    }
  }

  private void certificatesInTime() throws Exception {
    presenting("expired", ADDRESS, TLS_CERTIFICATE_EXPIRED, issued(expired(forLoopback())));
    presenting(
        "not yet valid",
        ADDRESS,
        TLS_CERTIFICATE_NOT_YET_VALID,
        issued(forLoopback().notBefore(inDays(1)).notAfter(inDays(2))));
    presenting(
        "below an expired intermediate",
        ADDRESS,
        TLS_CERTIFICATE_EXPIRED,
        forLoopback().buildIssuedBy(issued(expired(authority("expired")))));
  }

  private void certificatesOfNames() throws Exception {
    misnamed("for another name", NAME, forName("other.example.test"));
    misnamed("for the domain above", NAME, forName("example.test"));
    misnamed("for names below", NAME, forName("*.node.example.test"));
    misnamed("for a wildcard two levels up", "a.node.example.test", forName("*.example.test"));
    misnamed("for a wildcard of all names", NAME, forName("*.test"));
    misnamed("for a wildcard in the middle", NAME, forName("node.*.test"));
    misnamed("for a common name alone", NAME, new CertificateBuilder().subject("CN=" + NAME));
    misnamed(
        "for a common name and another address",
        NAME,
        new CertificateBuilder().subject("CN=" + NAME).addSanIpAddress(ADDRESS));
    misnamed(
        "for another address",
        ADDRESS,
        new CertificateBuilder().subject("CN=a test").addSanIpAddress("127.0.0.2"));
    misnamed("for an address as a name", ADDRESS, forName(ADDRESS));
    misnamed(
        "for an address as a common name",
        ADDRESS,
        new CertificateBuilder().subject("CN=127.0.0.1"));
  }

  private void misnamed(String what, String host, CertificateBuilder certificate) throws Exception {
    presenting(what, host, TLS_HOSTNAME_MISMATCH, issued(certificate));
  }

  private void chains() throws Exception {
    X509Bundle intermediate = issued(authority("an intermediate"));
    X509Bundle below = forLoopback().buildIssuedBy(intermediate);
    untrusted("self-signed", forLoopback().setIsCertificateAuthority(true).buildSelfSigned());
    untrusted("of an unknown authority", below(authority("a stranger").buildSelfSigned()));
    untrusted(
        "of one with a known name", below(authority("Authority of a test").buildSelfSigned()));
    untrusted("without its intermediate", path(below, below.getCertificate()));
    X509Certificate noAuthority =
        issued(
                new CertificateBuilder()
                    .subject("CN=an intermediate")
                    .keyPair(intermediate.getKeyPair()))
            .getCertificate();
    untrusted("below one that is no authority", path(below, below.getCertificate(), noAuthority));
    X509Bundle last = issued(authority("the last").setPathLengthConstraint(OptionalInt.of(0)));
    untrusted("below the last authority", below(authority("one more").buildIssuedBy(last)));
    untrusted(
        "of a name that its authority may not vouch for",
        below(
            issued(authority("narrow").addExtensionOctetString("2.5.29.30", true, only("a.org")))));
    untrusted("for clients", issued(forLoopback().addExtendedKeyUsageClientAuth()));
    untrusted(
        "not for signatures",
        issued(forLoopback().setKeyUsage(true, CertificateBuilder.KeyUsage.cRLSign)));
    untrusted(
        "with a critical extension that nobody knows",
        issued(forLoopback().addExtensionOctetString("1.2.3.4.5", true, new byte[] {5, 0})));
    List<X509Certificate> many =
        new ArrayList<>(Collections.nCopies(400, intermediate.getCertificate()));
    many.set(0, below.getCertificate());
    presenting(
        "with 400 certificates",
        ADDRESS,
        TLS_FAILURE,
        path(below, many.toArray(X509Certificate[]::new)));
  }

  private void weakCertificates() throws Exception {
    KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
    keys.initialize(512);
    CertificateBuilder weak = authority("weak").rsa2048().keyPair(keys.generateKeyPair());
    untrusted("below an authority with a key of RSA 512", below(issued(weak)));
  }

  private void handshakes() throws Exception {
    afterHello("plain HTTP", TLS_PROTOCOL, ascii("HTTP/1.1 400 Bad Request\r\n\r\n"));
    afterHello("SSH", TLS_PROTOCOL, ascii("SSH-2.0-OpenSSH_9.2\r\n"));
    afterHello("TLS 1.0", TLS_PROTOCOL, serverHello(0x0301));
    afterHello("TLS 1.1", TLS_PROTOCOL, serverHello(0x0302));
    afterHello("none of the versions", TLS_PROTOCOL, fatalAlert(70));
    afterHello("none of the ciphers", TLS_FAILURE, fatalAlert(40));
    byte[] hello = serverHello(0x0303);
    hello[5 + 39] = 0; // TLS_RSA_WITH_NULL_SHA
    hello[5 + 40] = 2;
    afterHello("a cipher that was not offered", TLS_FAILURE, hello);
    byte[] garbage = new byte[64];
    Arrays.fill(garbage, (byte) 0xEE);
    afterHello("garbage", TLS_FAILURE, record(HANDSHAKE, 0x0303, garbage));
    row(
        "an alert in the middle",
        ADDRESS,
        TLS_FAILURE,
        wire -> {
          sendFirstFlight(wire, certificates.serverContext(), "TLSv1.2", false);
          wire.send(fatalAlert(80));
          wire.sendEof();
          wire.awaitEnd();
        });
  }

  private void afterHello(String what, FailureReason reason, byte[] answer) {
    row(
        what,
        ADDRESS,
        reason,
        wire -> {
          readRecord(wire);
          wire.send(answer);
          wire.sendEof();
          wire.awaitEnd();
        });
  }

  private void untrusted(String what, X509Bundle identity) throws Exception {
    presenting(what, ADDRESS, TLS_CERTIFICATE_UNTRUSTED, identity);
  }

  private void presenting(String what, String host, FailureReason reason, X509Bundle identity)
      throws Exception {
    row(
        what,
        host,
        reason,
        serving(
            certificates.serverContext(
                new PresentedChain(
                    identity.getKeyPair().getPrivate(), identity.getCertificatePath())),
            TlsPeer::serveOneProbe));
  }

  private void row(String what, String host, FailureReason reason, Script script) {
    table.put(what, new Row(host, reason, script));
  }

  private ProbeResult probe(Row row) throws Exception {
    names.has(row.host(), 60, ADDRESS);
    try (ScriptedServer server = ScriptedServer.start(row.script())) {
      return probe(server, row.host());
    }
  }

  private static X509Bundle issued(CertificateBuilder certificate) throws Exception {
    return certificate.buildIssuedBy(certificates.authority());
  }

  private static X509Bundle below(X509Bundle issuer) throws Exception {
    return forLoopback().buildIssuedBy(issuer);
  }

  /** The same key, presented with other certificates. */
  private static X509Bundle path(X509Bundle identity, X509Certificate... path) {
    return X509Bundle.fromCertificatePath(
        path, identity.getRootCertificate(), identity.getKeyPair());
  }

  private static CertificateBuilder authority(String name) {
    return new CertificateBuilder().subject("CN=" + name).setIsCertificateAuthority(true);
  }

  private static CertificateBuilder forName(String name) {
    return new CertificateBuilder()
        .subject("CN=a test")
        .addExtensionOctetString("2.5.29.17", false, der(0x30, der(0x82, ascii(name))));
  }

  private static CertificateBuilder expired(CertificateBuilder certificate) {
    return certificate.notBefore(inDays(-2)).notAfter(inDays(-1));
  }

  private static Instant inDays(int days) {
    return Instant.now().plus(days, DAYS);
  }

  /** Constraints that permit names of one domain (RFC 5280, section 4.2.1.10). */
  private static byte[] only(String domain) {
    return der(0x30, der(0xA0, der(0x30, der(0x82, ascii(domain)))));
  }

  /** A value in DER, of less than 128 bytes. */
  private static byte[] der(int tag, byte[] content) {
    byte[] value = new byte[2 + content.length];
    value[0] = (byte) tag;
    value[1] = (byte) content.length;
    System.arraycopy(content, 0, value, 2, content.length);
    return value;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
