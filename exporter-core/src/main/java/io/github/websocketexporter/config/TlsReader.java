package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.LiteralAddress;
import io.github.websocketexporter.module.TlsIdentity;
import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.module.TlsVersion;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code tls} of a module. */
final class TlsReader {
  private static final Map<String, TlsVersion> VERSIONS =
      Map.of(
          TlsVersion.TLS12.label(), TlsVersion.TLS12, TlsVersion.TLS13.label(), TlsVersion.TLS13);

  private static final Pattern HOST =
      Pattern.compile(
          "(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
              + "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*");

  /** The cipher suites of TLS 1.2 that BoringSSL and the JDK have. */
  private static final List<String> CIPHERS =
      List.of(
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
          "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
          "TLS_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_RSA_WITH_AES_256_CBC_SHA",
          "TLS_RSA_WITH_AES_128_CBC_SHA");

  private TlsReader() {}

  static TlsSettings read(Block module) throws InvalidConfigException {
    Block tls = module.block("tls");
    List<X509Certificate> authorities =
        tls.has("ca-file") ? CertificateReader.read(tls, "ca-file") : List.of();
    @Nullable TlsIdentity identity = IdentityReader.read(tls);
    @Nullable String serverName =
        tls.has("server-name")
            ? tls.text("server-name", TlsReader::isHost, "a host name or a literal address")
            : null;
    boolean insecureSkipVerify = tls.flag("insecure-skip-verify");
    TlsVersion maxVersion = version(tls, "max-version");
    TlsVersion minVersion = version(tls, "min-version");
    if (minVersion.compareTo(maxVersion) > 0) {
      throw tls.error(
          "min-version",
          "expected no newer version than max-version, %s, but found %s"
              .formatted(maxVersion.label(), minVersion.label()));
    }
    List<String> ciphers = ciphers(tls, minVersion);
    tls.close();
    return new TlsSettings(
        authorities, identity, serverName, insecureSkipVerify, minVersion, maxVersion, ciphers);
  }

  private static boolean isHost(String text) {
    return HOST.matcher(text).matches()
        || LiteralAddress.ip4(text).isPresent()
        || LiteralAddress.ip6(text).isPresent();
  }

  private static TlsVersion version(Block tls, String key) throws InvalidConfigException {
    return requireNonNull(VERSIONS.get(tls.text(key, VERSIONS::containsKey, "TLS 1.2 or TLS 1.3")));
  }

  private static List<String> ciphers(Block tls, TlsVersion minVersion)
      throws InvalidConfigException {
    List<String> ciphers =
        tls.texts(
            "ciphers",
            CIPHERS::contains,
            "a cipher suite of TLS 1.2, one of " + String.join(", ", CIPHERS));
    if (minVersion == TlsVersion.TLS13 && !ciphers.isEmpty()) {
      throw tls.error(
          "ciphers",
          "expected none, since min-version is TLS 1.3, whose cipher suites are not chosen");
    }
    return ciphers;
  }
}
