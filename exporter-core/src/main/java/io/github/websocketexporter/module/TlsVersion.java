package io.github.websocketexporter.module;

/** A version of TLS that a probe can speak. */
public enum TlsVersion {
  /** RFC 5246. */
  TLS12("TLSv1.2"),
  /** RFC 8446. */
  TLS13("TLSv1.3");

  private final String protocol;

  TlsVersion(String protocol) {
    this.protocol = protocol;
  }

  /** The name that Java's TLS has for it. */
  public String protocol() {
    return protocol;
  }
}
