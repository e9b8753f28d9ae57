package io.github.websocketexporter.cli;

import io.github.websocketexporter.engine.NettyProber;
import java.io.IOException;

/**
 * What the file descriptors of this process are enough for. Each connection of a scraper takes one,
 * each probe that runs another, and so does each that has ended and waits for its peer to close.
 *
 * <p>Connections that are held take theirs from what is not used: none are set aside for them, for
 * who holds connections has fewer probes. Only half of all can be theirs, for a scraper may have a
 * connection for each. Where none is left, a scrape is told that.
 *
 * @param maxConnections the most connections
 * @param maxInFlight the most probes
 * @param maxSessions the most connections that are held
 */
record FileBudget(int maxConnections, int maxInFlight, int maxSessions) {
  /** For what is not counted: connections beyond the limit, DNS queries, the log. */
  private static final int RESERVE = 128;

  /** With less for connections and probes, there is no point in starting. */
  private static final int LEAST = 64;

  /**
   * Of an event loop itself: what it waits with, wakes up by and keeps time by, and its wait for a
   * core.
   */
  private static final int PER_LOOP = 4;

  /**
   * What is wanted, or as much of it as there are descriptors for. Probes get at most two fifths of
   * them, for each comes over a connection.
   *
   * @throws IOException if there are hardly any
   */
  static FileBudget of(
      OpenFiles files, int eventLoops, int maxConnections, int maxInFlight, int maxSessions)
      throws IOException {
    long taken = files.open() + RESERVE + (long) PER_LOOP * eventLoops;
    long budget = files.limit() - taken;
    int sessions = (int) Math.min(maxSessions, Math.max(1, budget / 2));
    if ((long) maxConnections + maxInFlight + closing(maxInFlight, eventLoops) <= budget) {
      return new FileBudget(maxConnections, maxInFlight, sessions);
    }
    if (budget < LEAST) {
      throw new IOException(
          "the process may open only %d files, and needs %d at the least: raise its limit (ulimit -n)"
              .formatted(files.limit(), taken + LEAST));
    }
    int probes = (int) Math.min(maxInFlight, budget / 5 * 2);
    long left = budget - probes - closing(probes, eventLoops);
    return new FileBudget((int) Math.min(maxConnections, left), probes, sessions);
  }

  private static int closing(int probes, int eventLoops) {
    return eventLoops * NettyProber.maxClosing(probes / eventLoops);
  }
}
