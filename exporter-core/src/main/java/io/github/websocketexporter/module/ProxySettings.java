package io.github.websocketexporter.module;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What connections go through.
 *
 * @param protocol how the proxy is spoken to
 * @param address where the proxy is: resolved where it is given by a literal address, else not
 * @param credentials who the probe says it is; null for no one
 * @param noProxy the hosts that are connected to directly
 */
public record ProxySettings(
    Protocol protocol,
    InetSocketAddress address,
    @Nullable Credentials credentials,
    NoProxy noProxy) {

  /** How a proxy is spoken to; the names are those that curl has for them. */
  public enum Protocol {
    /** HTTP CONNECT (RFC 9110, section 9.3.6); the proxy resolves the target's name. */
    HTTP,
    /** SOCKS 5 (RFC 1928) with an address: the exporter resolves the target's name. */
    SOCKS5,
    /** SOCKS 5 (RFC 1928) with a name: the proxy resolves it. */
    SOCKS5H;

    /** Whether the proxy is told the target's name. */
    public boolean resolvesNames() {
      return this != SOCKS5;
    }
  }

  /**
   * Who a probe says it is: Basic authentication (RFC 7617) with HTTP, user name and password (RFC
   * 1929) with SOCKS.
   *
   * @param username for HTTP, without a colon; a secret too, for some services take a key in its
   *     place
   */
  public record Credentials(Secret username, Secret password) {}
}
