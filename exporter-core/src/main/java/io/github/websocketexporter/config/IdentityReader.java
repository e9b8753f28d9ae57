package io.github.websocketexporter.config;

import io.github.websocketexporter.module.TlsIdentity;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the keys {@code cert-file}, {@code key-file} and {@code key-password}. */
final class IdentityReader {
  /** Those that both TLS libraries, and all servers, know to use. */
  private static final Set<String> ALGORITHMS = Set.of("RSA", "EC");

  private IdentityReader() {}

  /** The certificate and its key; null if neither is there. */
  static @Nullable TlsIdentity read(Block tls) throws InvalidConfigException {
    boolean hasCertificate = tls.has("cert-file");
    boolean hasKey = tls.has("key-file");
    boolean hasPassword = tls.has("key-password");
    boolean hasPasswordFile = tls.has("key-password-file");
    if (hasCertificate != hasKey) {
      throw alone(tls, hasKey ? "key-file" : "cert-file", hasKey ? "cert-file" : "key-file");
    }
    if (hasCertificate) {
      List<X509Certificate> chain = CertificateReader.read(tls, "cert-file");
      String algorithm = chain.get(0).getPublicKey().getAlgorithm();
      if (!ALGORITHMS.contains(algorithm)) {
        throw tls.error(
            "cert-file",
            "expected a certificate with a key of RSA or EC, but found one of " + algorithm);
      }
      PrivateKey key = PrivateKeyReader.read(tls, chain.get(0).getPublicKey());
      return new TlsIdentity(chain, key);
    }
    if (hasPassword || hasPasswordFile) {
      throw alone(tls, hasPassword ? "key-password" : "key-password-file", "key-file");
    }
    return null;
  }

  private static InvalidConfigException alone(Block tls, String key, String missing) {
    return tls.error(key, "expected a " + missing + " beside it, but found none");
  }
}
