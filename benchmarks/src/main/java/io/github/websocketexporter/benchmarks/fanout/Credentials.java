package io.github.websocketexporter.benchmarks.fanout;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;

/**
 * A certificate that the target gave to itself, for its addresses, with its key; and the trust
 * store that makes an exporter believe it.
 */
record Credentials(Path chainPem, Path keyPem, Path trustStore) {
  private static final String TRUST_STORE = "javax.net.ssl.trustStore";
  private static final String TRUST_STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
  private static final String PASSWORD = "changeit";

  /** Makes the files in {@code directory}. */
  static Credentials in(Path directory) throws IOException {
    try {
      CertificateBuilder builder =
          new CertificateBuilder().subject("CN=target").setIsCertificateAuthority(true);
      for (int i = 1; i <= Target.ADDRESSES; i++) {
        builder.addSanIpAddress("127.0.0." + i);
      }
      X509Bundle bundle = builder.buildSelfSigned();
      return new Credentials(
          Files.writeString(directory.resolve("chain.pem"), bundle.getCertificatePathPEM()),
          Files.writeString(directory.resolve("key.pem"), bundle.getPrivateKeyPEM()),
          trustStore(directory.resolve("trust.p12"), bundle));
    } catch (GeneralSecurityException e) {
      throw new IOException(e);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  private static Path trustStore(Path file, X509Bundle bundle)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("target", bundle.getCertificate());
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }

  /** Lets a JVM trust the target, and nobody else. */
  List<String> trustOptions() {
    return List.of(
        "-D" + TRUST_STORE + "=" + trustStore, "-D" + TRUST_STORE_PASSWORD + "=" + PASSWORD);
  }

  /** Lets this JVM do so. */
  void trustInThisJvm() {
    System.setProperty(TRUST_STORE, trustStore.toString());
    System.setProperty(TRUST_STORE_PASSWORD, PASSWORD);
  }
}
