package io.github.websocketexporter.session;

import io.github.websocketexporter.config.SessionSettings;

/**
 * How long a session is kept for those who ask for it: three times as long as the longest of the
 * recent gaps between two of their scrapes, within the bounds of the configuration. Until there is
 * a gap, for as long as that allows. Confined to one thread.
 */
final class Lease {
  private static final int RECENT = 8;
  private static final int GAPS_KEPT = 3;

  private final long minNanos;
  private final long maxNanos;
  private final long[] gaps = new long[RECENT];
  private int renewals;
  private long renewedNanos;

  /** A lease that begins with its first renewal. */
  Lease(SessionSettings settings) {
    minNanos = settings.leaseMin().toNanos();
    maxNanos = settings.leaseMax().toNanos();
  }

  /** Notes that a scrape came. */
  void renew(long nowNanos) {
    if (renewals > 0) {
      gaps[renewals % RECENT] = nowNanos - renewedNanos;
    }
    renewals++;
    renewedNanos = nowNanos;
  }

  /** The longest of the recent gaps between two scrapes; 0 where there was only one scrape. */
  long intervalNanos() {
    long longest = 0;
    for (long gap : gaps) {
      longest = Math.max(longest, gap);
    }
    return longest;
  }

  /** When it ends, if no scrape comes before. */
  long endNanos() {
    long interval = intervalNanos();
    long kept = interval == 0 ? maxNanos : GAPS_KEPT * Math.min(interval, maxNanos);
    return renewedNanos + Math.max(minNanos, Math.min(maxNanos, kept));
  }
}
