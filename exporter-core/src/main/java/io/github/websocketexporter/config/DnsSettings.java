package io.github.websocketexporter.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/**
 * How names are resolved.
 *
 * @param servers the name servers, in this order; empty for the system's own
 * @param timeout the longest that one query may take
 * @param minTtl the least time that an answer is kept, whatever it says itself
 * @param maxTtl the longest time that an answer is kept, whatever it says itself
 * @param negativeTtl how long it is remembered that a name does not exist
 */
public record DnsSettings(
    List<InetSocketAddress> servers,
    Duration timeout,
    Duration minTtl,
    Duration maxTtl,
    Duration negativeTtl) {}
