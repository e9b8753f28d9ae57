package io.github.websocketexporter.module;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
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
    allowed = allowed.stream().filter(rules -> !rules.isEmpty()).toList();
    denied = denied.stream().filter(rules -> !rules.isEmpty()).toList();
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
   * The list that keeps probes from a target, such as {@code policy.allow.hosts}, as far as that
   * can be said before its name is resolved; null if none does.
   *
   * @param secure whether the scheme is {@code wss}
   * @param host the host in ASCII, in lower case; an IPv6 address without its brackets
   * @param literal the address, where {@code host} is one and no name
   */
  public @Nullable String listAgainst(
      boolean secure, String host, @Nullable InetAddress literal, int port) {
    return first(
        rules -> rules.denying(secure, host, literal, port),
        rules -> rules.notAllowing(secure, host, literal, port));
  }

  /**
   * The list that keeps probes from connecting to {@code address}; null if none does. An IPv6
   * address that stands for an IPv4 address is denied with that one, but not allowed with it. Where
   * only a proxy knows the address, which is null then, it cannot be seen to be in a network: it is
   * not denied, but not allowed either where networks are.
   */
  public @Nullable String listAgainst(@Nullable InetAddress address) {
    return first(rules -> rules.denying(address), rules -> rules.notAllowing(address));
  }

  private @Nullable String first(
      Function<TargetRules, @Nullable String> denying,
      Function<TargetRules, @Nullable String> notAllowing) {
    return Stream.concat(denied.stream().map(denying), allowed.stream().map(notAllowing))
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }
}
