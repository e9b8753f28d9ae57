package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Targets by what can be said of them. As what is allowed, a target must be in each list that is
 * not empty; as what is denied, in none of them.
 *
 * @param name what they are called: {@code policy.allow}
 * @param schemes {@code ws} and {@code wss}
 * @param hosts the names in the URLs of targets
 * @param literals the addresses in the URLs of targets
 * @param ports the ports in the URLs of targets
 * @param networks the addresses that are connected to
 */
public record TargetRules(
    String name,
    List<String> schemes,
    List<HostPattern> hosts,
    List<Cidr> literals,
    List<PortRange> ports,
    List<Cidr> networks) {

  /** Whether no list is there that is not empty: they allow everything, and deny nothing. */
  boolean isEmpty() {
    return Stream.of(schemes, hosts, literals, ports, networks).allMatch(List::isEmpty);
  }

  /** Whether these, as what is allowed, leave it to others which hosts are: 0.0.0.0/0 does. */
  boolean allowAnyHost() {
    return hosts.isEmpty()
        && literals.isEmpty()
        && (networks.isEmpty() || networks.stream().anyMatch(Cidr::isWholeFamily));
  }

  /** The list that does not allow a target; null if all do. */
  @Nullable String notAllowing(
      boolean secure, String host, @Nullable InetAddress literal, int port) {
    if (!schemes.isEmpty() && !schemes.contains(scheme(secure))) {
      return name + ".schemes";
    }
    if (!ports.isEmpty() && !hasPort(port)) {
      return name + ".ports";
    }
    if (!allowHost(host, literal)) {
      return name + ".hosts";
    }
    return literal == null ? null : notAllowing(literal);
  }

  private boolean allowHost(String host, @Nullable InetAddress literal) {
    if (hosts.isEmpty() && literals.isEmpty()) {
      return true;
    }
    return literal == null ? hasHost(host) : contains(literals, AddressBits.of(literal));
  }

  /** The list that does not allow {@code address}, of which null is one that is not known. */
  @Nullable String notAllowing(@Nullable InetAddress address) {
    boolean allowed =
        networks.isEmpty() || (address != null && contains(networks, AddressBits.of(address)));
    return allowed ? null : name + ".cidrs";
  }

  /** The list that denies a target; null if none does. */
  @Nullable String denying(boolean secure, String host, @Nullable InetAddress literal, int port) {
    if (schemes.contains(scheme(secure))) {
      return name + ".schemes";
    }
    if (hasPort(port)) {
      return name + ".ports";
    }
    if (literal == null ? hasHost(host) : reach(literals, literal)) {
      return name + ".hosts";
    }
    return denying(literal);
  }

  /** The list that denies {@code address}, which none does where that is not known. */
  @Nullable String denying(@Nullable InetAddress address) {
    return address != null && reach(networks, address) ? name + ".cidrs" : null;
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
