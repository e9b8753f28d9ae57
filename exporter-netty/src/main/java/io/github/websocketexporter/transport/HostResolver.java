package io.github.websocketexporter.transport;

import io.github.websocketexporter.config.DnsSettings;
import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.netty.channel.EventLoop;
import io.netty.resolver.ResolvedAddressTypes;
import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Resolves host names without blocking: Netty's DNS client, which reads /etc/hosts and
 * /etc/resolv.conf, with a cache whose lifetimes are bounded by the configuration. Queries for one
 * name that are under way at once are asked only once. Safe for use by several threads.
 */
public final class HostResolver implements AutoCloseable {
  private final Map<AddressPreference, DnsAddressResolverGroup> groups = new HashMap<>();

  /** A resolver whose queries travel over {@code transport}. */
  public HostResolver(Transport transport, DnsSettings settings) {
    DnsNameResolverBuilder builder =
        new DnsNameResolverBuilder()
            .datagramChannelFactory(transport.datagramChannels())
            .socketChannelFactory(transport.socketChannels())
            // Netty keeps a channel that it could not open: one per resolver would never recover.
            .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
            .completeOncePreferredResolved(true)
            .queryTimeoutMillis(settings.timeout().toMillis())
            .ttl(seconds(settings.minTtl()), seconds(settings.maxTtl()))
            .negativeTtl(seconds(settings.negativeTtl()));
    if (!settings.servers().isEmpty()) {
      builder.nameServerProvider(new SequentialDnsServerAddressStreamProvider(settings.servers()));
    }
    for (AddressFamily family : AddressFamily.values()) {
      for (boolean fallback : new boolean[] {true, false}) {
        builder.resolvedAddressTypes(types(family, fallback));
        groups.put(
            new AddressPreference(family, fallback), new DnsAddressResolverGroup(builder.copy()));
      }
    }
  }

  /**
   * Finds the address of {@code host}: the first of the preferred family, or of the other one where
   * that is allowed and the preferred has none.
   *
   * @param loop the loop that the query runs on, and that the future is completed on
   * @return fails with an {@link java.net.UnknownHostException} whose cause is Netty's, or with
   *     none where the name exists without such an address
   */
  public Future<InetSocketAddress> resolve(
      EventLoop loop, String host, int port, AddressPreference preference) {
    return Objects.requireNonNull(groups.get(preference))
        .getResolver(loop)
        .resolve(InetSocketAddress.createUnresolved(host, port));
  }

  @Override
  public void close() {
    groups.values().forEach(DnsAddressResolverGroup::close);
  }

  private static ResolvedAddressTypes types(AddressFamily family, boolean fallback) {
    return switch (family) {
      case IP4 -> fallback ? ResolvedAddressTypes.IPV4_PREFERRED : ResolvedAddressTypes.IPV4_ONLY;
      case IP6 -> fallback ? ResolvedAddressTypes.IPV6_PREFERRED : ResolvedAddressTypes.IPV6_ONLY;
    };
  }

  /** Whole seconds, which is what Netty's cache counts in; a fraction counts as a whole one. */
  private static int seconds(Duration duration) {
    return (int) duration.plusNanos(999_999_999).toSeconds();
  }
}
