package io.github.websocketexporter.module;

import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a {@code wss} target is spoken to. Holds what is in the files, not their names: two settings
 * that are equal make the same connections.
 *
 * @param authorities the certificates that are trusted; empty for those that the JVM trusts
 * @param identity the client's certificate; null for none
 * @param serverName the name that is sent and that the certificate must be for; null for the
 *     target's host
 * @param insecureSkipVerify whether a chain or name that is not good is put up with
 * @param minVersion the oldest version that is spoken
 * @param maxVersion the newest version that is spoken
 * @param ciphers the cipher suites of TLS 1.2 by their IANA names, the preferred one first; empty
 *     for the library's own
 */
public record TlsSettings(
    List<X509Certificate> authorities,
    @Nullable TlsIdentity identity,
    @Nullable String serverName,
    boolean insecureSkipVerify,
    TlsVersion minVersion,
    TlsVersion maxVersion,
    List<String> ciphers) {

  /** What the JVM trusts, verified, by every version that is safe. */
  public static final TlsSettings DEFAULT =
      new TlsSettings(List.of(), null, null, false, TlsVersion.TLS12, TlsVersion.TLS13, List.of());
}
