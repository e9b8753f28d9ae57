package io.github.websocketexporter.config;

import io.github.websocketexporter.module.PingSettings;
import java.time.Duration;

/** Reads the block {@code ping} of a module. */
final class PingReader {
  private static final Duration MOST = Duration.ofHours(1);

  private PingReader() {}

  /**
   * Reads the block.
   *
   * @param interval the time from one PING to the next, for modules that do not say otherwise
   */
  static PingSettings read(Block module, Duration interval) throws InvalidConfigException {
    PingSettings plain = PingSettings.SINGLE;
    Duration maxUncertainty = plain.maxUncertainty();
    if (module.has("ping")) {
      Block ping = module.block("ping");
      if (ping.has("max-uncertainty")) {
        maxUncertainty = ping.duration("max-uncertainty", Duration.ofNanos(1_000), MOST);
      }
      ping.close();
    }
    return new PingSettings(
        plain.count(),
        interval,
        plain.timeout(),
        plain.payloadBytes(),
        plain.required(),
        plain.maxLossRatio(),
        maxUncertainty);
  }
}
