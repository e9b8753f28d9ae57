package io.github.websocketexporter.transport;

/** Lets tests of other packages see what {@link TlsClients} still hold. */
public final class OpenHandshakes {
  private OpenHandshakes() {}

  /** How many handshakes of {@code clients} have begun and are not over. */
  public static int of(TlsClients clients) {
    return clients.handshakes();
  }
}
