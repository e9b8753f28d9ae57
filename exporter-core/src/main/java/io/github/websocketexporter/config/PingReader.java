package io.github.websocketexporter.config;

import io.github.websocketexporter.module.PingSettings;
import java.time.Duration;

/** Reads the block {@code ping} of a module. */
final class PingReader {
  static final int MOST_PINGS = 1_000;

  /** The longest payload of a control frame (RFC 6455, section 5.5). */
  private static final int MOST_BYTES = 125;

  static final Duration LEAST = Duration.ofMillis(1);
  static final Duration MOST = Duration.ofHours(1);

  private PingReader() {}

  /**
   * Reads the block. Where a connection is held, what is not set is of what may be set there.
   *
   * @param timeout that of the module, before which all PINGs must be sent
   * @param interval the time from one PING to the next, for modules that do not say otherwise
   */
  static PingSettings read(Block module, Duration timeout, Duration interval)
      throws InvalidConfigException {
    Block ping = module.block("ping");
    boolean continuous = module.flag("continuous");
    PingSettings read =
        new PingSettings(
            ping.integer("count", 0, MOST_PINGS),
            ping.has("interval")
                ? ping.duration("interval", LEAST, MOST)
                : continuous ? longer(interval, ContinuousReader.LEAST_INTERVAL) : interval,
            ping.has("timeout")
                ? ping.duration("timeout", LEAST, MOST)
                : continuous ? shorter(timeout, ContinuousReader.MOST_TIMEOUT) : null,
            ping.integer("payload-bytes", Long.BYTES, MOST_BYTES),
            ping.flag("required"),
            ping.number("max-loss-ratio", 0, 1),
            ping.duration("max-uncertainty", Duration.ofNanos(1_000), MOST));
    ping.close();
    checkThatAllAreSent(module, ping, read, timeout);
    return read;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /**
   * Says which of the user's own keys is wrong. Where none is, a built-in module does not fit into
   * the timeout of all modules; one that is not used is no reason to refuse a configuration.
   */
  private static void checkThatAllAreSent(
      Block module, Block ping, PingSettings read, Duration timeout) throws InvalidConfigException {
    // Duration.multipliedBy would have BigDecimal make its tables of powers, here at the start.
    Duration lastSent = Duration.ofNanos(read.interval().toNanos() * Math.max(0, read.count() - 1));
    if (lastSent.compareTo(timeout) < 0) {
      return;
    }
    String expected =
        "expected all %d PINGs to be sent before the timeout of %s, but the last is sent after %s"
            .formatted(read.count(), Scalars.brief(timeout), Scalars.brief(lastSent));
    refuse(ping, "count", expected);
    refuse(ping, "interval", expected);
    refuse(module, "timeout", expected);
  }

  private static void refuse(Block block, String key, String expected)
      throws InvalidConfigException {
    if (block.has(key) && !block.isDefault(key)) {
      throw block.error(key, expected);
    }
  }
}
