package io.github.websocketexporter.transport;

/** Lets tests of other packages see what a {@link TlsClient} still holds. */
public final class OpenHandshakes {
  private OpenHandshakes() {}

  /** How many handshakes of {@code client} have begun and are not over. */
  public static int of(TlsClient client) {
    return client.handshakes();
  }
}
