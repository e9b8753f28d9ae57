package io.github.websocketexporter.testing;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * An authority of the test's own and a certificate that it gave to localhost, also as files for the
 * programs that want them so.
 */
public record Certificates(
    X509Bundle authority, X509Bundle server, Path chainPem, Path keyPem, Path trustStore) {
  private static final String TRUST_STORE = "javax.net.ssl.trustStore";
  private static final String TRUST_STORE_PASSWORD = "javax.net.ssl.trustStorePassword";
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
        authority,
        server,
        Files.writeString(directory.resolve("chain.pem"), server.getCertificatePathPEM()),
        Files.writeString(directory.resolve("key.pem"), server.getPrivateKeyPEM()),
        trustStore(directory.resolve("trust.p12"), authority));
  }

  /** Lets a JVM trust the authority, and nothing else. */
  public String[] trustOptions() {
    return new String[] {
      "-D" + TRUST_STORE + "=" + trustStore, "-D" + TRUST_STORE_PASSWORD + "=" + PASSWORD
    };
  }

  /** Lets {@code work}, in this JVM, trust the authority, and nothing else. */
  public <T> T trusted(Callable<T> work) throws Exception {
    Map<String, String> before = new HashMap<>();
    before.put(TRUST_STORE, System.getProperty(TRUST_STORE));
    before.put(TRUST_STORE_PASSWORD, System.getProperty(TRUST_STORE_PASSWORD));
    System.setProperty(TRUST_STORE, trustStore.toString());
    System.setProperty(TRUST_STORE_PASSWORD, PASSWORD);
    try {
      return work.call();
    } finally {
      before.forEach(Certificates::restore);
    }
  }

  /** As a server that presents the certificate. */
  public SSLContext serverContext() throws GeneralSecurityException {
    return serverContext(server);
  }

  /** As a server that presents another certificate, and trusts clients that the authority knows. */
  public SSLContext serverContext(X509Bundle identity) throws GeneralSecurityException {
    return serverContext(identity.toKeyManagerFactory().getKeyManagers());
  }

  /** As a server that presents what {@code keys} choose. */
  public SSLContext serverContext(KeyManager... keys) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys, new TrustManager[] {authority.toTrustManager()}, null);
    return context;
  }

  /** As a server of Netty that presents the certificate. */
  public SslContext nettyServerContext() throws SSLException {
    return SslContextBuilder.forServer(
            server.getKeyPair().getPrivate(), server.getCertificatePath())
        .build();
  }

  /** The certificate of the authority, as a file in {@code directory}. */
  public Path authorityPem(Path directory) throws IOException {
    return Files.writeString(directory.resolve("authority.pem"), authority.getCertificatePEM());
  }

  /** As options of the peers that are programs of their own. */
  public List<String> peerOptions() {
    return List.of("--cert", chainPem.toString(), "--key", keyPem.toString());
  }

  private static void restore(String property, @Nullable String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
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
