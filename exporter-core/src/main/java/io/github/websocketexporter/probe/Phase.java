package io.github.websocketexporter.probe;

import java.util.Locale;

/** The phases of a probe, in the order in which they run. Not every probe has every phase. */
public enum Phase {
  /**
   * From handing a name to the resolver until its addresses are there: the target's, the proxy's,
   * or one after the other. A probe that has only literal addresses has no such phase.
   */
  RESOLVE,
  /**
   * From asking for the TCP connect until the socket is connected, to the target or to the proxy.
   * Holds the time that the event loop takes to issue it.
   */
  CONNECT,
  /**
   * From handing the first byte for the proxy to the socket until the arrival of the answer that
   * opens the tunnel to the target. Only probes through a proxy have this phase.
   */
  PROXY,
  /**
   * From starting the TLS handshake until it is complete and the peer is verified. Only {@code wss}
   * targets have this phase.
   */
  TLS,
  /**
   * From handing the HTTP upgrade request to the socket until the arrival of the valid 101 that
   * answers it (RFC 6455, section 4.1).
   */
  UPGRADE,
  /**
   * From beginning the first step of the module's messages until the arrival of the message that
   * its last step expects. Only modules with messages have this phase.
   */
  MESSAGES,
  /**
   * From handing the first PING to the socket until the arrival of the last PONG (RFC 6455, section
   * 5.5).
   */
  PING;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value of the {@code phase} label. */
  public String label() {
    return label;
  }
}
