package io.github.websocketexporter.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.SSLContext;

/**
 * An authority of the test's own and a certificate that it gave to localhost, also as files for the
 * programs that want them so.
 */
public record Certificates(X509Bundle server, Path chainPem, Path keyPem, Path trustStore) {
  private static final String PASSWORD = "changeit";

  /** Makes them, with the files in {@code directory}. */
  public static Certificates in(Path directory) throws Exception {
    X509Bundle authority =
        new CertificateBuilder()
            .subject("CN=Authority of a test")
            .setIsCertificateAuthority(true)
            .buildSelfSigned();
    X509Bundle server =
        new CertificateBuilder()
            .subject("CN=localhost")
            .addSanDnsName("localhost")
            .addSanIpAddress("127.0.0.1")
            .buildIssuedBy(authority);
    return new Certificates(
        server,
        Files.writeString(directory.resolve("chain.pem"), server.getCertificatePathPEM()),
        Files.writeString(directory.resolve("key.pem"), server.getPrivateKeyPEM()),
        trustStore(directory.resolve("trust.p12"), authority));
  }

  /** Lets a JVM trust the authority, and nothing else. */
  public String[] trustOptions() {
    return new String[] {
      "-Djavax.net.ssl.trustStore=" + trustStore, "-Djavax.net.ssl.trustStorePassword=" + PASSWORD
    };
  }

  /** As a server that presents the certificate. */
  public SSLContext serverContext() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(server.toKeyManagerFactory().getKeyManagers(), null, null);
    return context;
  }

  private static Path trustStore(Path file, X509Bundle authority)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("authority", authority.getCertificate());
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return file;
  }
}
