package io.github.websocketexporter.module;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A certificate to show, and its key. Does not print the key.
 *
 * @param chain the certificate, then those that lead from it to an authority
 * @param key the private key of the first of them
 */
public record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
  @Override
  public String toString() {
    return "TlsIdentity[" + chain.get(0).getSubjectX500Principal() + "]";
  }
}
