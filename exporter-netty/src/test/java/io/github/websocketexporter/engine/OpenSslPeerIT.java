package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.OpenSslAuthority;
import io.github.websocketexporter.testing.OpenSslAuthority.Identity;
import io.github.websocketexporter.testing.OpenSslServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Probes of OpenSSL's server, with authorities, certificates and keys that OpenSSL makes. */
class OpenSslPeerIT extends TlsEngineTest {
  private static final String LOOPBACK = "subjectAltName = IP:127.0.0.1, DNS:localhost";
  private static final String CLIENT = "extendedKeyUsage = clientAuth";

  @SuppressWarnings("NullAway.Init")
  private static OpenSslAuthority root;

  @SuppressWarnings("NullAway.Init")
  private static OpenSslAuthority intermediate;

  @SuppressWarnings("NullAway.Init")
  private static OpenSslAuthority stranger;

  @SuppressWarnings("NullAway.Init")
  private static Identity server;

  @BeforeAll
  static void makeAuthorities() throws Exception {
    OpenSslAuthority.assumeInstalled();
    root = OpenSslAuthority.root(directory, "a root");
    intermediate = root.intermediate("an intermediate");
    stranger = OpenSslAuthority.root(directory, "a stranger");
    server = root.issue("a server", LOOPBACK);
  }

  static Stream<Arguments> goodServers() throws Exception {
    Identity self = OpenSslAuthority.selfSigned(directory, "itself", LOOPBACK.replace(" ", ""));
    Identity below = intermediate.issue("below an intermediate", LOOPBACK);
    return Stream.of(
        arguments("with a key of EC", server, trusting(root)),
        arguments("with a key of RSA", issue("RSA", LOOPBACK), trusting(root)),
        arguments("that sends its intermediate authority", below, trusting(root)),
        arguments("whose intermediate is trusted", below.alone(), trusting(intermediate)),
        arguments("whose very certificate is trusted", self, ca(self.chain())),
        arguments(
            "for the name that the module gives",
            issue("EC", "subjectAltName = DNS:inside.example.test"),
            trusting(root) + "server-name = inside.example.test"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodServers")
  void verifiesAServer(String what, Identity identity, String settings) throws Exception {
    ProbeResult result = probe(identity, List.of(), settings);

    assertThat(result).succeededAfter(TO_PING);
    assertThat(facts(result).verified()).isTrue();
  }

  static Stream<Arguments> badServers() throws Exception {
    Identity self = OpenSslAuthority.selfSigned(directory, "itself", LOOPBACK.replace(" ", ""));
    Identity below = intermediate.issue("below an intermediate", LOOPBACK);
    return Stream.of(
        arguments(
            "that only another module trusts", server, "", FailureReason.TLS_CERTIFICATE_UNTRUSTED),
        arguments(
            "of another authority",
            server,
            trusting(stranger),
            FailureReason.TLS_CERTIFICATE_UNTRUSTED),
        arguments(
            "with a certificate of its own",
            self,
            trusting(root),
            FailureReason.TLS_CERTIFICATE_UNTRUSTED),
        arguments(
            "that leaves out its intermediate authority",
            below.alone(),
            trusting(root),
            FailureReason.TLS_CERTIFICATE_UNTRUSTED),
        arguments(
            "whose certificate has expired",
            root.issue("expired", LOOPBACK, validity("20200101", "20200201")),
            trusting(root),
            FailureReason.TLS_CERTIFICATE_EXPIRED),
        arguments(
            "whose certificate is not yet valid",
            root.issue("early", LOOPBACK, validity("21200101", "21200201")),
            trusting(root),
            FailureReason.TLS_CERTIFICATE_NOT_YET_VALID),
        arguments(
            "for another address",
            issue("EC", "subjectAltName = IP:127.0.0.2"),
            trusting(root),
            FailureReason.TLS_HOSTNAME_MISMATCH),
        arguments(
            "for another name",
            server,
            trusting(root) + "server-name = inside.example.test",
            FailureReason.TLS_HOSTNAME_MISMATCH));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badServers")
  void doesNotVerifyAServer(String what, Identity identity, String settings, FailureReason reason)
      throws Exception {
    ProbeResult result = probe(identity, List.of(), settings);

    assertThat(result).failedWith(reason, TO_TLS).notAnswered();
    assertThat(facts(result).verified()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badServers")
  void putsUpWithAServer(String what, Identity identity, String settings, FailureReason reason)
      throws Exception {
    ProbeResult result = probe(identity, List.of(), settings + "\ninsecure-skip-verify = true");

    assertThat(result).succeededAfter(TO_PING);
    assertThat(facts(result).verified()).isFalse();
    assertThat(facts(result).chain().earliestExpirySeconds()).isPositive();
  }

  static Stream<Arguments> goodClients() throws Exception {
    Identity ec = root.issue("a client", CLIENT);
    Identity rsa = issue("RSA", CLIENT);
    Identity below = intermediate.issue("a client below an intermediate", CLIENT);
    return Stream.of(
        arguments("EC in PKCS#8", showing(ec)),
        arguments("EC in SEC 1", showing(ec, "ec")),
        arguments("RSA in PKCS#8", showing(rsa)),
        arguments("RSA in PKCS#1", showing(rsa, "rsa", "-traditional")),
        arguments("below an intermediate", showing(below)),
        arguments(
            "encrypted",
            showing(rsa, "pkcs8", "-topk8", "-passout", "pass:correct horse")
                + "key-password = correct horse\n"),
        arguments(
            "encrypted as it was before",
            showing(ec, "pkcs8", "-topk8", "-v1", "PBE-SHA1-3DES", "-passout", "pass:horse")
                + "key-password = horse\n"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodClients")
  void showsACertificate(String what, String settings) throws Exception {
    for (String version : List.of("-tls1_2", "-tls1_3")) {
      assertThat(probe(server, insisting(version), trusting(root) + settings))
          .succeededAfter(TO_PING);
    }
  }

  static Stream<Arguments> badClients() throws Exception {
    return Stream.of(
        arguments("none at all", ""),
        arguments("of a stranger", showing(stranger.issue("a client", CLIENT))),
        arguments(
            "itself",
            showing(OpenSslAuthority.selfSigned(directory, "me", "keyUsage=digitalSignature"))),
        arguments("expired", showing(root.issue("old", CLIENT, validity("20200101", "20200201")))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badClients")
  void isRejectedWithACertificate(String what, String settings) throws Exception {
    FailureReason rejected = FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED;
    assertThat(probe(server, insisting("-tls1_2"), trusting(root) + settings))
        .failedWith(rejected, TO_TLS);
    assertThat(probe(server, insisting("-tls1_3"), trusting(root) + settings))
        .failedWith(rejected, TO_UPGRADE);
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2, min-version = TLS 1.3", "-tls1_3, max-version = TLS 1.2"})
  void failsWhereTheServerHasNoneOfItsVersions(String option, String range) throws Exception {
    assertThat(probe(server, List.of(option), trusting(root) + range))
        .failedWith(FailureReason.TLS_PROTOCOL, TO_TLS);
  }

  @ParameterizedTest
  @CsvSource({"-tls1_2, TLS 1.2", "-tls1_3, TLS 1.3"})
  void speaksTheVersionOfTheServer(String option, String version) throws Exception {
    assertThat(facts(probe(server, List.of(option), trusting(root))).version()).isEqualTo(version);
  }

  @Test
  void agreesOnACipherThatBothHave() throws Exception {
    List<String> options = List.of("-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-GCM-SHA384");
    String suite = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";

    ProbeResult agreed = probe(server, options, trusting(root) + "ciphers = [" + suite + "]");
    assertThat(agreed).succeededAfter(TO_PING);
    assertThat(facts(agreed).cipher()).isEqualTo(suite);

    String other = suite.replace("256_GCM_SHA384", "128_GCM_SHA256");
    assertThat(probe(server, options, trusting(root) + "ciphers = [" + other + "]"))
        .failedWith(FailureReason.TLS_FAILURE, TO_TLS);
  }

  private ProbeResult probe(Identity identity, List<String> options, String settings)
      throws Exception {
    try (OpenSslServer peer = OpenSslServer.start(identity, options)) {
      return runner.probe(
          "wss://127.0.0.1:" + peer.port() + "/", Modules.of("tls {\n" + settings + "\n}"));
    }
  }

  /** Lets in only who shows a certificate below the root. */
  private static List<String> insisting(String version) {
    return List.of(
        version, "-Verify", "3", "-verify_return_error", "-CAfile", root.certificate().toString());
  }

  private static Identity issue(String algorithm, String extension) throws Exception {
    return root.issue(algorithm, "another", extension, List.of());
  }

  private static String[] validity(String from, String to) {
    return new String[] {"-startdate", from + "000000Z", "-enddate", to + "000000Z"};
  }

  private static String trusting(OpenSslAuthority authority) {
    return ca(authority.certificate());
  }

  private static String ca(Path file) {
    return "ca-file = \"" + file + "\"\n";
  }

  /** Shows a certificate whose key was put into another form, if a command of openssl is given. */
  private static String showing(Identity client, String... command) throws Exception {
    Path key = client.key();
    if (command.length > 0) {
      key = Files.createTempFile(directory, "converted", ".pem");
      OpenSslAuthority.run(
          Stream.concat(
                  Stream.of(command),
                  Stream.of("-in", client.key().toString(), "-out", key.toString()))
              .toArray(String[]::new));
    }
    return "cert-file = \"%s\"\nkey-file = \"%s\"\n".formatted(client.chain(), key);
  }

  private static TlsFacts facts(ProbeResult result) {
    return Optional.ofNullable(result.tls()).orElseThrow(() -> new AssertionError(result));
  }
}
