package io.github.websocketexporter.session;

import io.github.websocketexporter.config.SessionSettings;

/**
 * How long a session is kept for those who ask for it: three times as long as the longest of the
 * recent gaps between two of their scrapes, within the bounds of the configuration. What the recent
 * ones are goes by time, for many scrapes in a row say nothing of an interval; and while the
 * session is young, it is kept for as long as may be: of two scrapers that begin together, the gap
 * between them is all that there is to see at first. Confined to one thread.
 */
final class Lease {
  private static final int GAPS_KEPT = 3;

  private final long minNanos;
  private final long maxNanos;
  private boolean begun;
  private long startNanos;
  private long renewedNanos;

  /** The longest gaps of two spans of time: of the one that goes on, and of the one before. */
  private long longest;

  private long longestBefore;
  private long spanNanos;

  /** A lease that begins with its first scrape. */
  Lease(SessionSettings settings) {
    minNanos = settings.leaseMin().toNanos();
    maxNanos = settings.leaseMax().toNanos();
  }

  /** Notes that a scrape came. */
  void renew(long nowNanos) {
    if (!begun) {
      begun = true;
      startNanos = nowNanos;
      spanNanos = nowNanos;
      renewedNanos = nowNanos;
    }
    if (nowNanos - spanNanos >= maxNanos) {
      spanNanos = nowNanos;
      longestBefore = longest;
      longest = 0;
    }
    longest = Math.max(longest, nowNanos - renewedNanos);
    renewedNanos = nowNanos;
  }

  /** The longest of the recent gaps between two scrapes; 0 where there was only one scrape. */
  long intervalNanos() {
    return Math.max(longest, longestBefore);
  }

  /** When it ends, if no scrape comes before. */
  long endNanos() {
    boolean young = renewedNanos - startNanos < maxNanos;
    long kept = young ? maxNanos : GAPS_KEPT * Math.min(intervalNanos(), maxNanos);
    return renewedNanos + Math.max(minNanos, Math.min(maxNanos, kept));
  }
}
