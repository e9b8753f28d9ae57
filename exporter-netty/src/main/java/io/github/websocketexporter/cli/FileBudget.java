package io.github.websocketexporter.cli;

/**
 * What the file descriptors of this process are enough for. Each connection of a scraper takes one,
 * and each probe that runs another.
 *
 * @param maxConnections the most connections
 * @param maxInFlight the most probes
 */
record FileBudget(int maxConnections, int maxInFlight) {
  /**
   * For what is not counted: the event loops, DNS queries, probes that are still closing,
   * connections that are turned away.
   */
  private static final int RESERVE = 128;

  /**
   * What is wanted, or as much of it as there are descriptors for. Probes get at most half of them:
   * each comes over a connection.
   */
  static FileBudget of(OpenFiles files, int maxConnections, int maxInFlight) {
    long budget = files.limit() - files.open() - RESERVE;
    if ((long) maxConnections + maxInFlight <= budget) {
      return new FileBudget(maxConnections, maxInFlight);
    }
    int probes = (int) Math.max(1, Math.min(maxInFlight, budget / 2));
    int connections = (int) Math.max(1, Math.min(maxConnections, budget - probes));
    return new FileBudget(connections, probes);
  }
}
