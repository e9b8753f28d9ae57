package io.github.websocketexporter.module;

import java.time.Duration;

/**
 * How a round trip is measured.
 *
 * @param maxUncertainty a round trip that is less sure than this is measured again
 */
public record PingSettings(Duration maxUncertainty) {}
