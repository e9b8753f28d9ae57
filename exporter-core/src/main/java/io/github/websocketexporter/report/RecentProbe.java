package io.github.websocketexporter.report;

import io.github.websocketexporter.probe.ProbeResult;
import java.time.Instant;

/**
 * A probe that is over and can be looked at. Immutable.
 *
 * @param id what it is asked for by: the last part of the path of its page
 * @param endedAt when it came to its result
 * @param result what it found, without the secrets of its target
 */
public record RecentProbe(String id, Instant endedAt, ProbeResult result) {
  /** When it began. */
  Instant startedAt() {
    return endedAt.minusNanos(result.durationNanos());
  }
}
