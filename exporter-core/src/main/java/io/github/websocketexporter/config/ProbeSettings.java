package io.github.websocketexporter.config;

import java.time.Duration;

/**
 * What holds for every probe.
 *
 * @param defaultModule the module of requests that name none
 * @param timeoutOffset what is taken off the scraper's own timeout, so that the answer is there
 *     before the scraper gives up
 * @param maxInFlight the most probes that run at a time
 */
public record ProbeSettings(String defaultModule, Duration timeoutOffset, int maxInFlight) {

  /** The same with another {@code maxInFlight}. */
  ProbeSettings withMaxInFlight(int most) {
    return new ProbeSettings(defaultModule, timeoutOffset, most);
  }
}
