package io.github.websocketexporter.transport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the JDK's judges of certificates. */
final class TrustedAuthorities {
  private static final Logger LOG = LoggerFactory.getLogger(TrustedAuthorities.class);

  private TrustedAuthorities() {}

  /**
   * Trusts what the JVM trusts ({@code javax.net.ssl.trustStore}, else the JDK's own), read now.
   *
   * @throws SSLException if the store cannot be read
   */
  static X509ExtendedTrustManager ofJvm() throws SSLException {
    String store = System.getProperty("javax.net.ssl.trustStore", "NONE");
    if (!store.equals("NONE") && !Files.isReadable(Path.of(store))) {
      throw new SSLException("cannot read the trust store " + store + ": no such file");
    }
    try {
      X509ExtendedTrustManager judge = judge(null);
      if (judge.getAcceptedIssuers().length == 0) {
        LOG.warn(
            "the trust store has no certificates, or lacks its password:"
                + " no wss probe can succeed without a ca-file");
      }
      return judge;
    } catch (GeneralSecurityException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new SSLException("cannot read the trust store of the JVM: " + cause.getMessage(), e);
    }
  }

  /** Trusts {@code authorities} and nothing else. */
  static X509ExtendedTrustManager of(List<X509Certificate> authorities) throws SSLException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (int i = 0; i < authorities.size(); i++) {
        store.setCertificateEntry(String.valueOf(i), authorities.get(i));
      }
      return judge(store);
    } catch (GeneralSecurityException | IOException e) {
      throw new SSLException("cannot trust the given authorities: " + e.getMessage(), e);
    }
  }

  private static X509ExtendedTrustManager judge(@Nullable KeyStore store)
      throws GeneralSecurityException, SSLException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager x509) {
        return x509;
      }
    }
    throw new SSLException("the JVM has no trust manager for TLS");
  }
}
