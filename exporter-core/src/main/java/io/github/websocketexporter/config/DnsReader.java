package io.github.websocketexporter.config;

import io.github.websocketexporter.module.LiteralAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code dns}. */
final class DnsReader {
  private static final Duration DAY = Duration.ofDays(1);

  private DnsReader() {}

  static DnsSettings read(Block dns) throws InvalidConfigException {
    List<InetSocketAddress> servers = new ArrayList<>();
    for (String text :
        dns.texts(
            "servers",
            address -> server(address) != null,
            "the address of a name server such as \"10.0.0.10:53\" or \"[fd00::10]:53\"")) {
      servers.add(server(text));
    }
    Duration minTtl = dns.duration("min-ttl", Duration.ZERO, DAY);
    Duration maxTtl = dns.duration("max-ttl", Duration.ofMillis(1), DAY);
    if (minTtl.compareTo(maxTtl) > 0) {
      throw dns.error(
          "min-ttl", "expected a duration not longer than max-ttl, but found a longer one");
    }
    return new DnsSettings(
        List.copyOf(servers),
        dns.duration("timeout", Duration.ofMillis(10), Duration.ofMinutes(1)),
        minTtl,
        maxTtl,
        dns.duration("negative-ttl", Duration.ZERO, DAY));
  }

  /** The name server that {@code text} is, or null: its name could not be resolved. */
  private static @Nullable InetSocketAddress server(String text) {
    ListenAddress address = AddressReader.read(text, 1);
    String host = address == null ? null : address.host();
    if (address == null || host == null) {
      return null;
    }
    return LiteralAddress.ip4(host)
        .or(() -> LiteralAddress.ip6(host))
        .map(literal -> new InetSocketAddress(literal, address.port()))
        .orElse(null);
  }
}
