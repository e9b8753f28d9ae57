package io.github.websocketexporter.config;

import io.github.websocketexporter.module.LiteralAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code dns}. */
final class DnsReader {
  private static final Duration DAY = Duration.ofDays(1);

  private DnsReader() {}

  static DnsSettings read(Block dns) throws InvalidConfigException {
    List<ListenAddress> servers = new ArrayList<>();
    for (String text :
        dns.texts(
            "servers",
            address -> isServer(AddressReader.read(address, 1)),
            "the address of a name server such as \"10.0.0.10:53\" or \"[fd00::10]:53\"")) {
      servers.add(AddressReader.read(text, 1));
    }
    Duration minTtl = dns.duration("min-ttl", Duration.ZERO, DAY);
    Duration maxTtl = dns.duration("max-ttl", Duration.ZERO, DAY);
    if (minTtl.compareTo(maxTtl) > 0) {
      throw new InvalidConfigException(
          dns.place("min-ttl")
              + ": expected a duration not longer than max-ttl, but found a longer one");
    }
    return new DnsSettings(
        List.copyOf(servers),
        dns.duration("timeout", Duration.ofMillis(10), Duration.ofMinutes(1)),
        minTtl,
        maxTtl,
        dns.duration("negative-ttl", Duration.ZERO, DAY));
  }

  /** A name server is given by its address: its name could not be resolved. */
  private static boolean isServer(@Nullable ListenAddress address) {
    return address != null
        && address.host() != null
        && (LiteralAddress.ip4(address.host()).isPresent()
            || LiteralAddress.ip6(address.host()).isPresent());
  }
}
