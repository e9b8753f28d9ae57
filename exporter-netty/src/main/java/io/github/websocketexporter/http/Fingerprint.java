package io.github.websocketexporter.http;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** What is kept of credentials to know them again: their SHA-256, salted. */
final class Fingerprint {
  private final byte[] digest;

  private Fingerprint(byte[] digest) {
    this.digest = digest;
  }

  /** The fingerprint of {@code credentials}; another one for each {@code salt}. */
  static Fingerprint of(Credentials credentials, byte[] salt) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(salt);
      return new Fingerprint(sha256.digest(credentials.pair()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  /** Takes the same time wherever the two differ. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Fingerprint fingerprint
        && MessageDigest.isEqual(digest, fingerprint.digest);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(digest);
  }
}
