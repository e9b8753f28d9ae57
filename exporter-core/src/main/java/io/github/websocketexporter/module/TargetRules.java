package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Targets by what can be said of them. As what is allowed, a target must be in each list that is
 * not empty; as what is denied, in none of them.
 *
 * @param schemes {@code ws} and {@code wss}
 * @param hosts the names in the URLs of targets
 * @param literals the addresses in the URLs of targets
 * @param ports the ports in the URLs of targets
 * @param networks the addresses that are connected to
 */
public record TargetRules(
    List<String> schemes,
    List<HostPattern> hosts,
    List<Cidr> literals,
    List<PortRange> ports,
    List<Cidr> networks) {

  /** Rules without a list that is not empty: they allow everything, and deny nothing. */
  public static final TargetRules NONE =
      new TargetRules(List.of(), List.of(), List.of(), List.of(), List.of());

  /** Whether these, as what is allowed, leave it to others which hosts are. */
  boolean allowAnyHost() {
    return hosts.isEmpty() && literals.isEmpty() && networks.isEmpty();
  }

  boolean allowTarget(boolean secure, String host, @Nullable InetAddress literal, int port) {
    return (schemes.isEmpty() || schemes.contains(scheme(secure)))
        && (ports.isEmpty() || hasPort(port))
        && allowHost(host, literal)
        && (literal == null || allowAddress(literal));
  }

  private boolean allowHost(String host, @Nullable InetAddress literal) {
    if (hosts.isEmpty() && literals.isEmpty()) {
      return true;
    }
    return literal == null ? hasHost(host) : contains(literals, AddressBits.of(literal));
  }

  boolean allowAddress(InetAddress address) {
    return networks.isEmpty() || contains(networks, AddressBits.of(address));
  }

  boolean denyTarget(boolean secure, String host, @Nullable InetAddress literal, int port) {
    return schemes.contains(scheme(secure))
        || hasPort(port)
        || (literal == null ? hasHost(host) : reach(literals, literal) || denyAddress(literal));
  }

  boolean denyAddress(InetAddress address) {
    return reach(networks, address);
  }

  private boolean hasHost(String host) {
    for (HostPattern pattern : hosts) {
      if (pattern.matches(host)) {
        return true;
      }
    }
    return false;
  }

  private boolean hasPort(int port) {
    for (PortRange range : ports) {
      if (range.contains(port)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a connection to {@code address} may end in one of {@code networks}. */
  private static boolean reach(List<Cidr> networks, InetAddress address) {
    if (networks.isEmpty()) {
      return false;
    }
    AddressBits bits = AddressBits.of(address);
    if (contains(networks, bits)) {
      return true;
    }
    for (AddressBits other : bits.others()) {
      if (contains(networks, other)) {
        return true;
      }
    }
    return false;
  }

  private static boolean contains(List<Cidr> networks, AddressBits address) {
    for (Cidr network : networks) {
      if (network.contains(address)) {
        return true;
      }
    }
    return false;
  }

  private static String scheme(boolean secure) {
    return secure ? "wss" : "ws";
  }
}
