package io.github.websocketexporter.module;

import java.time.Duration;

/**
 * A named way to probe: everything that {@code module=NAME} stands for.
 *
 * @param name the name in the configuration, and the value of the {@code module} label of the
 *     exporter's own metrics
 * @param timeout the longest that a probe may take; the scraper's own timeout may shorten it
 * @param addresses which of the target's addresses is probed
 * @param ping how the round trip is measured
 */
public record ProbeModule(
    String name, Duration timeout, AddressPreference addresses, PingSettings ping) {}
