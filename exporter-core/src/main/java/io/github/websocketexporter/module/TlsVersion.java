package io.github.websocketexporter.module;

/** A version of TLS that a probe can speak. */
public enum TlsVersion {
  /** RFC 5246. */
  TLS12("TLS 1.2", "TLSv1.2"),
  /** RFC 8446. */
  TLS13("TLS 1.3", "TLSv1.3");

  private final String label;
  private final String protocol;

  TlsVersion(String label, String protocol) {
    this.label = label;
    this.protocol = protocol;
  }

  /** How it is written in the configuration and in metrics. */
  public String label() {
    return label;
  }

  /** The name that Java's TLS has for it. */
  public String protocol() {
    return protocol;
  }
}
