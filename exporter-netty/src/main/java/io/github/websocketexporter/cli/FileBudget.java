package io.github.websocketexporter.cli;

import io.github.websocketexporter.engine.NettyProber;

/**
 * What the file descriptors of this process are enough for. Each connection of a scraper takes one,
 * each probe that runs another, and so does each that has ended and waits for its peer to close.
 *
 * @param maxConnections the most connections
 * @param maxInFlight the most probes
 */
record FileBudget(int maxConnections, int maxInFlight) {
  /** For what is not counted: connections beyond the limit, DNS queries, the log. */
  private static final int RESERVE = 128;

  /** Of an event loop itself: what it waits with, wakes up by and keeps time by. */
  private static final int PER_LOOP = 4;

  /**
   * What is wanted, or as much of it as there are descriptors for. Probes get at most two fifths of
   * them, for each comes over a connection.
   */
  static FileBudget of(OpenFiles files, int eventLoops, int maxConnections, int maxInFlight) {
    long budget = files.limit() - files.open() - RESERVE - (long) PER_LOOP * eventLoops;
    if ((long) maxConnections + maxInFlight + closing(maxInFlight, eventLoops) <= budget) {
      return new FileBudget(maxConnections, maxInFlight);
    }
    int probes = (int) Math.max(1, Math.min(maxInFlight, budget / 5 * 2));
    long left = budget - probes - closing(probes, eventLoops);
    return new FileBudget((int) Math.max(1, Math.min(maxConnections, left)), probes);
  }

  private static int closing(int probes, int eventLoops) {
    return eventLoops * NettyProber.maxClosing(probes / eventLoops);
  }
}
