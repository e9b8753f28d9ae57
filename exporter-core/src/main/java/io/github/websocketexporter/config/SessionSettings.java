package io.github.websocketexporter.config;

import java.time.Duration;

/**
 * How connections are held, for modules that are continuous.
 *
 * @param max the most that are held at a time
 * @param leaseMin the least time that one is held which nobody asks for
 * @param leaseMax the longest time that one is held which nobody asks for
 * @param maxAge how long one lasts before it is made anew
 */
public record SessionSettings(int max, Duration leaseMin, Duration leaseMax, Duration maxAge) {

  /** The same with another {@code max}. */
  SessionSettings withMax(int most) {
    return new SessionSettings(most, leaseMin, leaseMax, maxAge);
  }
}
