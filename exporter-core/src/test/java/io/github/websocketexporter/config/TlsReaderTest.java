package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.TlsIdentity;
import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.module.TlsVersion;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the block {@code tls} of a module; what is refused is in {@link ConfigLoaderTest}. */
class TlsReaderTest {
  private static final Path PEM = Path.of("src/test/resources/pem");
  private static final String EC = "cert-file = ec.pem, key-file = ";
  private static final String RSA = "cert-file = rsa.pem, key-file = ";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"", "tls {}", "tls { min-version = TLS 1.2, max-version = TLS 1.3 }"})
  void trustsTheJvmAndSpeaksEverySafeVersionUnlessToldOtherwise(String module) throws Exception {
    assertThat(read(module)).isEqualTo(TlsSettings.DEFAULT);
  }

  @Test
  void readsEveryAuthorityOfAFile() throws Exception {
    assertThat(tls("ca-file = bundle.pem").authorities())
        .extracting(X509Certificate::getSubjectX500Principal)
        .asString()
        .isEqualTo("[CN=An authority, CN=A client with an EC key, CN=A client with an RSA key]");
  }

  @Test
  void passesOverWhatStandsBetweenTheCertificatesOfAFile() throws Exception {
    Path file = directory.resolve("commented.pem");
    Files.writeString(
        file,
        "Authority: \"Une autorit\u00e9\"\n-- of a test\n"
            + Files.readString(PEM.resolve("authority.pem"))
            + Files.readString(PEM.resolve("ec-key.pem"))
            + Files.readString(PEM.resolve("rsa.pem")),
        StandardCharsets.ISO_8859_1);

    assertThat(tls("ca-file = \"" + file + "\"").authorities()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        EC + "ec-key.pem",
        EC + "ec-key-sec1.pem",
        EC + "ec-key-encrypted.pem, key-password = correct horse",
        EC + "ec-key-encrypted.pem, key-password-file = key-password",
        RSA + "rsa-key.pem",
        RSA + "rsa-key-pkcs1.pem",
      })
  void readsAKeyInEachOfItsForms(String settings) throws Exception {
    TlsIdentity plain = identity(settings.startsWith(EC) ? EC + "ec-key.pem" : RSA + "rsa-key.pem");

    assertThat(identity(settings).chain()).isEqualTo(plain.chain());
    assertThat(number(identity(settings))).isEqualTo(number(plain));
    assertThat(plain.key().getAlgorithm()).isEqualTo(settings.startsWith(EC) ? "EC" : "RSA");
  }

  @Test
  void readsCertificateAndKeyOfOneFile() throws Exception {
    Path file = directory.resolve("both.pem");
    Files.writeString(
        file,
        Files.readString(PEM.resolve("ec-key-sec1.pem"))
            + Files.readString(PEM.resolve("ec.pem"))
            + Files.readString(PEM.resolve("authority.pem")));

    TlsIdentity identity = identity("cert-file = \"%s\", key-file = \"%<s\"".formatted(file));

    assertThat(identity.chain()).hasSize(2);
    assertThat(number(identity)).isEqualTo(number(identity(EC + "ec-key.pem")));
  }

  @Test
  void doesNotPrintTheKey() throws Exception {
    assertThat(tls(EC + "ec-key.pem").toString())
        .contains("identity=TlsIdentity[CN=A client with an EC key]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.test", "a", "192.0.2.1", "2001:db8::1", "xn--bcher-kva.example"})
  void readsAServerName(String name) throws Exception {
    assertThat(tls("server-name = \"" + name + "\"").serverName()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "false, false"})
  void readsWhetherToSkipVerification(String text, boolean skip) throws Exception {
    assertThat(tls("insecure-skip-verify = " + text).insecureSkipVerify()).isEqualTo(skip);
  }

  @Test
  void readsVersions() throws Exception {
    assertThat(tls("min-version = TLS 1.3").minVersion()).isEqualTo(TlsVersion.TLS13);
    assertThat(tls("max-version = \"TLS 1.2\"").maxVersion()).isEqualTo(TlsVersion.TLS12);
  }

  @Test
  void readsCiphersInTheirOrder() throws Exception {
    assertThat(
            tls("ciphers = [TLS_RSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256]")
                .ciphers())
        .containsExactly("TLS_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
  }

  @Test
  void takesNoCiphersForNone() throws Exception {
    assertThat(tls("min-version = TLS 1.3, ciphers = []").ciphers()).isEmpty();
  }

  @Test
  void isEqualWhereTheFilesHoldTheSame() throws Exception {
    String settings = "ca-file = bundle.pem, " + RSA + "rsa-key.pem, server-name = a.example";

    assertThat(tls(settings)).isEqualTo(tls(settings)).hasSameHashCodeAs(tls(settings));
    assertThat(tls(settings)).isNotEqualTo(tls(settings.replace("bundle", "authority")));
  }

  @Test
  void isInheritedKeyByKey() throws Exception {
    TlsSettings heir =
        load(
            "modules { base { tls { ca-file = authority.pem, server-name = a.example } }\n"
                + "heir { extends = base, tls { server-name = b.example } } }",
            "heir");

    assertThat(heir.authorities()).hasSize(1);
    assertThat(heir.serverName()).isEqualTo("b.example");
  }

  @Test
  void readsTheExampleThatIsShipped() throws Exception {
    Files.copy(PEM.resolve("authority.pem"), directory.resolve("authority.pem"));
    Files.copy(PEM.resolve("ec.pem"), directory.resolve("client.pem"));
    Files.copy(PEM.resolve("ec-key-sec1.pem"), directory.resolve("client-key.pem"));
    Path file =
        Files.copy(Path.of("../config/mutual-tls.conf"), directory.resolve("mutual-tls.conf"));

    Map<String, ProbeModule> modules = ConfigLoader.load(file, new ConfigLoader.Flags()).modules();

    TlsSettings tls = requireNonNull(modules.get("mutual_tls")).tls();
    assertThat(tls.authorities()).hasSize(1);
    assertThat(requireNonNull(tls.identity()).chain()).hasSize(1);
    TlsSettings byAddress = requireNonNull(modules.get("mutual_tls_by_address")).tls();
    assertThat(byAddress.identity()).isEqualTo(tls.identity());
    assertThat(byAddress.serverName()).isEqualTo("gateway.example.com");
  }

  /** What is secret in a key, however it is written. */
  private static BigInteger number(TlsIdentity identity) {
    return identity.key() instanceof ECPrivateKey ec
        ? ec.getS()
        : ((RSAPrivateKey) identity.key()).getPrivateExponent();
  }

  private TlsIdentity identity(String settings) throws Exception {
    return requireNonNull(tls(settings).identity());
  }

  private TlsSettings tls(String settings) throws Exception {
    return read("tls { " + settings + " }");
  }

  private TlsSettings read(String module) throws Exception {
    return load("modules.secure { " + module + " }", "secure");
  }

  /** Files without a folder are those of the tests. */
  private TlsSettings load(String settings, String module) throws Exception {
    Path file = directory.resolve("exporter.conf");
    for (String name : List.of("ca", "cert", "key", "key-password")) {
      settings =
          settings.replaceAll(
              name + "-file = (?=[a-z])", name + "-file = " + PEM.toAbsolutePath() + "/");
    }
    Files.writeString(file, "websocket-exporter {\n" + settings + "\n}\n");
    return requireNonNull(ConfigLoader.load(file, new ConfigLoader.Flags()).modules().get(module))
        .tls();
  }
}
