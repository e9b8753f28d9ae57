package io.github.websocketexporter.benchmarks.fanout;

/**
 * What came of some {@link Work}, without its warm-up: the answers, and how far what they report is
 * from the truth.
 */
final class Outcome {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Truth truth;
  private final Samples latencyNanos = new Samples();
  private final Samples numbers = new Samples();
  private final Samples reportedNanos = new Samples();
  private final Samples uncertaintyNanos = new Samples();
  private final Samples errorNanos = new Samples();
  private final Samples sendNanos = new Samples();
  private int failed;
  private int byKernel;
  private int covered;
  private int repeated;
  private int late;
  private int lost;
  private long wallNanos;
  private double cpuSeconds;

  Outcome(Truth truth) {
    this.truth = truth;
  }

  /** Notes a probe that succeeded. */
  void succeeded(int number, long nanos, ProbeAnswer answer) {
    latencyNanos.add(nanos);
    byKernel += answer.byKernel() ? 1 : 0;
    if (answer.lastPongEpochNanos() >= 0) {
      succeeded(number, answer);
    } else if (answer.durationNanos() >= 0) {
      numbers.add(number);
      reportedNanos.add(answer.durationNanos());
      uncertaintyNanos.add(answer.uncertaintyNanos());
    }
  }

  /**
   * Compares an answer of a session, before its next PINGs take the place of the one that it is
   * about: the newest one whose PONG was on its way when the exporter says that the last one came,
   * which it says to the millisecond.
   */
  private void succeeded(int number, ProbeAnswer answer) {
    late += answer.late();
    lost += answer.lost();
    int ping = truth.newestAnswered(number, answer.lastPongEpochNanos() + NANOS_PER_MILLI);
    if (ping >= 0) {
      compare(number, ping, answer.durationNanos(), answer.uncertaintyNanos());
    }
  }

  /** Notes a probe that was refused, had no success, or whose connection broke. */
  void failed() {
    failed++;
  }

  void ended(long nanos, double cpu) {
    wallNanos = nanos;
    cpuSeconds = cpu;
  }

  /** Compares everything with the truth. At the end, for the target writes some of it late. */
  void compare() {
    for (int i = 0; i < numbers.size(); i++) {
      compare((int) numbers.get(i), reportedNanos.get(i), uncertaintyNanos.get(i));
    }
  }

  /**
   * Compares one. Where the exporter measured again it does not say which PING it reports: of those
   * that took no longer than it reports, for it sees no PONG before that was sent, the one is taken
   * that fits best; if all took longer, the one that took the least.
   */
  private void compare(int number, long reported, long uncertainty) {
    int pings = Math.min(Truth.PINGS, truth.pings(number));
    if (pings == 0) {
      return;
    }
    int best = 0;
    for (int ping = 1; ping < pings; ping++) {
      if (misfit(number, ping, reported) < misfit(number, best, reported)) {
        best = ping;
      }
    }
    repeated += pings > 1 ? 1 : 0;
    compare(number, best, reported, uncertainty);
  }

  private void compare(int number, int ping, long reported, long uncertainty) {
    long error = reported - truth.delayNanos(number, ping);
    long send = truth.sendNanos(number, ping);
    errorNanos.add(error);
    sendNanos.add(send);
    covered += error >= 0 && error - send <= uncertainty ? 1 : 0;
  }

  /** The smaller, the better; below 0, the error is worse than any that is not. */
  private long misfit(int number, int ping, long reported) {
    long error = reported - truth.delayNanos(number, ping);
    return error >= 0 ? error : Long.MAX_VALUE / 2 - error;
  }

  int succeeded() {
    return latencyNanos.size();
  }

  int failures() {
    return failed;
  }

  /** From a request, in an open loop from when it was due, to its answer. */
  Samples latencyNanos() {
    return latencyNanos;
  }

  /** What was reported less what was true. */
  Samples errorNanos() {
    return errorNanos;
  }

  /** How long the target took to hand over each PONG: so much of an error may be its own. */
  Samples sendNanos() {
    return sendNanos;
  }

  /** The share of the compared whose reported uncertainty covers the error. */
  double coveredShare() {
    return (double) covered / errorNanos.size();
  }

  /** Whether each PING was a probe's, and not a session's. */
  boolean isOfProbes() {
    return numbers.size() > 0;
  }

  /** The share of the compared for which the exporter sent more than one PING. */
  double repeatedShare() {
    return (double) repeated / errorNanos.size();
  }

  /** The share of the successes that the kernel's clock measured. */
  double kernelShare() {
    return (double) byKernel / succeeded();
  }

  /** How many PONGs were late in the sessions that were scraped, since they are open. */
  int late() {
    return late;
  }

  /** How many PINGs were lost in them. */
  int lost() {
    return lost;
  }

  /** How long it all took. */
  double seconds() {
    return wallNanos / 1e9;
  }

  /** What the exporter's process took of a core meanwhile. */
  double cpuSeconds() {
    return cpuSeconds;
  }

  double perSecond() {
    return succeeded() * 1e9 / wallNanos;
  }

  /** What the exporter's process took of a core for each probe. */
  double cpuMicrosPerProbe() {
    return cpuSeconds * 1e6 / succeeded();
  }
}
