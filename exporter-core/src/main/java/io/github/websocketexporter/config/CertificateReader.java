package io.github.websocketexporter.config;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/** Reads keys whose values name files of certificates. */
final class CertificateReader {
  private static final String EXPECTED = "expected the name of a file of certificates in PEM";

  private CertificateReader() {}

  /** The certificates in the file that {@code key} names, at least one, in their order. */
  static List<X509Certificate> read(Block block, String key) throws InvalidConfigException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem pem : Pem.blocks(block.file(key))) {
      if (pem.label().equals("CERTIFICATE")) {
        try {
          certificates.add(certificate(pem.bytes()));
        } catch (CertificateException | IllegalArgumentException e) {
          throw block.error(
              key,
              EXPECTED
                  + ", but certificate %d in it is damaged".formatted(certificates.size() + 1));
        }
      }
    }
    if (certificates.isEmpty()) {
      throw block.error(key, EXPECTED + ", but there is none in it");
    }
    return List.copyOf(certificates);
  }

  private static X509Certificate certificate(byte[] der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }
}
