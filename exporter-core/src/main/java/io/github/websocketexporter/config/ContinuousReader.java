package io.github.websocketexporter.config;

import io.github.websocketexporter.module.ContinuousSettings;
import io.github.websocketexporter.module.MessageStep;
import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.UpgradeSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads whether a module holds its connection, and how. */
final class ContinuousReader {
  /** Of PINGs that are sent for as long as the connection is held. */
  static final Duration LEAST_INTERVAL = Duration.ofMillis(100);

  /** A PONG is waited for twice as long, before it is lost. */
  static final Duration MOST_TIMEOUT = Duration.ofMinutes(1);

  private static final int MOST_BUCKETS = 32;
  private static final Duration LEAST_BOUND = Duration.ofNanos(1_000);
  private static final Duration MOST_BOUND = Duration.ofHours(1);

  private ContinuousReader() {}

  /**
   * Reads it.
   *
   * @param upgrade what was read of the upgrade
   * @param ping what was read of the PINGs
   * @param heartbeat what was read of the message in their place
   * @return null if each probe makes a connection of its own
   */
  static @Nullable ContinuousSettings read(
      Block module, UpgradeSettings upgrade, PingSettings ping, @Nullable MessageStep heartbeat)
      throws InvalidConfigException {
    List<Duration> buckets = buckets(module);
    if (!module.flag("continuous")) {
      if (heartbeat != null) {
        throw module.error(
            "heartbeat",
            "expected continuous = true with it, but found false; null takes away an inherited"
                + " one");
      }
      return null;
    }
    if (upgrade.expectsRefusal()) {
      throw wrong(module, "expect-status", "expect-status = 101", upgrade.expectedStatus());
    }
    checkPing(module, ping);
    return new ContinuousSettings(heartbeat, buckets);
  }

  private static void checkPing(Block module, PingSettings ping) throws InvalidConfigException {
    Block block = module.block("ping");
    if (ping.count() != 1) {
      throw wrong(
          block.isDefault("count") ? module : block,
          block.isDefault("count") ? "continuous" : "count",
          "ping.count = 1",
          ping.count());
    }
    if (ping.interval().compareTo(LEAST_INTERVAL) < 0) {
      throw wrong(
          block,
          "interval",
          "a ping.interval of at least " + Scalars.brief(LEAST_INTERVAL),
          Scalars.brief(ping.interval()));
    }
    if (ping.timeout() != null && ping.timeout().compareTo(MOST_TIMEOUT) > 0) {
      throw wrong(
          block,
          "timeout",
          "a ping.timeout of at most " + Scalars.brief(MOST_TIMEOUT),
          Scalars.brief(ping.timeout()));
    }
  }

  private static InvalidConfigException wrong(
      Block block, String key, String expected, Object found) {
    return block.error(
        key, "expected %s where continuous = true, but found %s".formatted(expected, found));
  }

  private static List<Duration> buckets(Block module) throws InvalidConfigException {
    List<Duration> bounds = module.durations("histogram-buckets", LEAST_BOUND, MOST_BOUND);
    if (bounds.isEmpty() || bounds.size() > MOST_BUCKETS || !isRising(bounds)) {
      throw module.error(
          "histogram-buckets",
          "expected 1 to %d durations, each longer than the one before, but found others"
              .formatted(MOST_BUCKETS));
    }
    return bounds;
  }

  private static boolean isRising(List<Duration> bounds) {
    for (int i = 1; i < bounds.size(); i++) {
      if (bounds.get(i).compareTo(bounds.get(i - 1)) <= 0) {
        return false;
      }
    }
    return true;
  }
}
