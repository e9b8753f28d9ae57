package io.github.websocketexporter.module;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How round trips are measured.
 *
 * @param count how many PINGs are sent; 0 for none
 * @param interval the time from one PING to the next, whether or not its PONG has come
 * @param timeout how long the PONG of a PING is waited for; null for as long as the probe may take
 * @param payloadBytes the length of a PING's payload, 8 to 125 bytes (RFC 6455, section 5.5)
 * @param required whether the probe fails where too many PONGs are missing, or where the connection
 *     ends before they came
 * @param maxLossRatio the largest part of the PINGs whose PONG may be missing, 0 to 1; one must
 *     come
 * @param maxUncertainty the round trip of a single PING that is less sure than this is measured
 *     again
 */
public record PingSettings(
    int count,
    Duration interval,
    @Nullable Duration timeout,
    int payloadBytes,
    boolean required,
    double maxLossRatio,
    Duration maxUncertainty) {

  /** One PING, whose PONG must come. */
  public static final PingSettings SINGLE =
      new PingSettings(1, Duration.ofSeconds(1), null, Long.BYTES, true, 0, Duration.ofMillis(1));

  /** The same with another number of PINGs, and another time from one to the next. */
  public PingSettings with(int otherCount, Duration otherInterval) {
    return new PingSettings(
        otherCount, otherInterval, timeout, payloadBytes, required, maxLossRatio, maxUncertainty);
  }

  /** Whether so many PONGs are as many as must come. */
  public boolean isEnough(int received) {
    return received > 0 && (double) (count - received) / count <= maxLossRatio;
  }
}
