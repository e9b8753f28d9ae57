package io.github.websocketexporter.benchmarks.fanout;

/**
 * What the load does: how many probes, and how.
 *
 * @param connections how many keep-alive connections; without a rate, as many probes are in flight
 * @param probes how many probes are measured
 * @param warmUp how many come before those and are not
 * @param ratePerSecond when each probe is due, whatever became of the others (open loop); 0: when
 *     the answer to the one before it on its connection is there (closed loop)
 * @param distinctTargets how many different URLs are probed, in turn; 0: each probe has its own, of
 *     which nothing is known before
 * @param addresses over how many addresses of the target the probes are spread
 */
record Work(
    int connections,
    int probes,
    int warmUp,
    double ratePerSecond,
    int distinctTargets,
    int addresses) {

  /** So many probes, always {@code inFlight} at a time, of which the first fifth are warm-up. */
  static Work closedLoop(int inFlight, int probes) {
    return new Work(inFlight, probes, Math.min(2_000, probes / 5), 0, 0, Target.ADDRESSES);
  }

  /** So many probes at a fixed rate, whatever becomes of them. */
  static Work openLoop(double ratePerSecond, int connections, int probes, int warmUp) {
    return new Work(connections, probes, warmUp, ratePerSecond, 0, Target.ADDRESSES);
  }

  /** The same over other targets. */
  Work withTargets(int distinct, int addresses) {
    return new Work(connections, probes, warmUp, ratePerSecond, distinct, addresses);
  }

  int total() {
    return warmUp + probes;
  }

  /** The number of the target of the {@code sequence}th probe. */
  int number(int sequence) {
    return distinctTargets == 0 ? sequence : sequence % distinctTargets;
  }

  /** Whether each probe has its own target. */
  boolean isEachOnce() {
    return distinctTargets == 0;
  }

  boolean isOpenLoop() {
    return ratePerSecond > 0;
  }

  /** From the start to when the {@code sequence}th probe is due. */
  long dueNanos(int sequence) {
    return (long) (sequence * 1e9 / ratePerSecond);
  }
}
