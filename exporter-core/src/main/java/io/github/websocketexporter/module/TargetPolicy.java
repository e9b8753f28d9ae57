package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where probes may go. Immutable.
 *
 * @param allowed a target must be in what each of these allows
 * @param denied and in nothing that one of these denies
 */
public record TargetPolicy(List<TargetRules> allowed, List<TargetRules> denied) {
  /** Anywhere. */
  public static final TargetPolicy ANY = new TargetPolicy(List.of(), List.of());

  /** Both lists without the rules that say nothing. */
  public TargetPolicy {
    allowed = allowed.stream().filter(rules -> !rules.equals(TargetRules.NONE)).toList();
    denied = denied.stream().filter(rules -> !rules.equals(TargetRules.NONE)).toList();
  }

  /** To where both this and {@code other} let probes go. */
  public TargetPolicy and(TargetPolicy other) {
    return new TargetPolicy(
        Stream.concat(allowed.stream(), other.allowed.stream()).toList(),
        Stream.concat(denied.stream(), other.denied.stream()).toList());
  }

  /** Whether no list says which hosts or addresses are allowed. */
  public boolean allowsAnyHost() {
    return allowed.stream().allMatch(TargetRules::allowAnyHost);
  }

  /**
   * Whether a target may be probed, as far as that can be said before its name is resolved.
   *
   * @param secure whether the scheme is {@code wss}
   * @param host the host in ASCII, in lower case; an IPv6 address without its brackets
   * @param literal the address, where {@code host} is one and no name
   */
  public boolean permitsTarget(
      boolean secure, String host, @Nullable InetAddress literal, int port) {
    for (TargetRules rules : denied) {
      if (rules.denyTarget(secure, host, literal, port)) {
        return false;
      }
    }
    for (TargetRules rules : allowed) {
      if (!rules.allowTarget(secure, host, literal, port)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether {@code address} may be connected to. An IPv6 address that stands for an IPv4 address is
   * denied with that one, but not allowed with it.
   */
  public boolean permitsAddress(InetAddress address) {
    for (TargetRules rules : denied) {
      if (rules.denyAddress(address)) {
        return false;
      }
    }
    for (TargetRules rules : allowed) {
      if (!rules.allowAddress(address)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether a target may be connected to whose address only a proxy knows: not where networks are
   * allowed, for it cannot be seen to be in them.
   */
  public boolean permitsUnknownAddress() {
    return allowed.stream().allMatch(rules -> rules.networks().isEmpty());
  }
}
