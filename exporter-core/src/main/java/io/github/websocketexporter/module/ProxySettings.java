package io.github.websocketexporter.module;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What connections go through.
 *
 * @param protocol how the proxy is spoken to
 * @param host the proxy's host, a name or a literal address
 * @param port its port
 * @param username who the probe says it is; null for no one
 * @param password goes with {@code username}; null where that is
 * @param noProxy the hosts that are connected to directly: names, {@code .suffixes}, addresses and
 *     networks
 */
public record ProxySettings(
    Protocol protocol,
    String host,
    int port,
    @Nullable String username,
    @Nullable Secret password,
    List<String> noProxy) {

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
}
