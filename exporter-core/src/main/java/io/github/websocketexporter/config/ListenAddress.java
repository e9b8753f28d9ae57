package io.github.websocketexporter.config;

import org.jspecify.annotations.Nullable;

/**
 * An address to listen on.
 *
 * @param host a name or a literal address, an IPv6 one without brackets; null for every address of
 *     the machine
 * @param port 0 to 65535; 0 lets the system pick one
 */
public record ListenAddress(@Nullable String host, int port) {

  /** The address as it is written in the configuration: {@code :9095}, {@code [::1]:9095}. */
  @Override
  public String toString() {
    if (host == null) {
      return ":" + port;
    }
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
