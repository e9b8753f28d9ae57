package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** What was measured of one case, by the heading of its column, in the order of the columns. */
final class Figures {
  /** The one column of which the worst round counts, and not the median. */
  static final String FAILED = "failed";

  private static final double NANOS_PER_MICRO = 1e3;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double MICROS_PER_SECOND = 1e6;
  private static final double PERCENT = 100;

  private final Map<String, Double> byColumn = new LinkedHashMap<>();

  static Figures failures(int count) {
    return new Figures().with(FAILED, count);
  }

  Figures with(String column, double value) {
    byColumn.put(column, value);
    return this;
  }

  /** Adds how wrong the reported round trips were. */
  Figures withError(Outcome outcome) {
    Samples error = outcome.errorNanos();
    with("error p50 us", error.quantile(0.5) / NANOS_PER_MICRO);
    with("p90", error.quantile(0.9) / NANOS_PER_MICRO);
    with("p99", error.quantile(0.99) / NANOS_PER_MICRO);
    with("p99.9", error.quantile(0.999) / NANOS_PER_MICRO);
    with("max", error.quantile(1) / NANOS_PER_MICRO);
    with("target max us", outcome.sendNanos().quantile(1) / NANOS_PER_MICRO);
    with("covered %", PERCENT * outcome.coveredShare());
    if (outcome.isOfProbes()) {
      with("repeated %", PERCENT * outcome.repeatedShare());
    }
    return with("kernel %", PERCENT * outcome.kernelShare());
  }

  /**
   * Adds what sessions came to.
   *
   * @param pings how many the target answered meanwhile
   */
  Figures withPings(Outcome outcome, long pings) {
    with("late", outcome.late());
    with("lost", outcome.lost());
    with("PINGs/s", pings / outcome.seconds());
    with("CPU us/PING", outcome.cpuSeconds() * MICROS_PER_SECOND / pings);
    return with("CPU %", PERCENT * outcome.cpuSeconds() / outcome.seconds());
  }

  /** Adds how long the answers took. */
  Figures withLatency(Outcome outcome) {
    with("HTTP p50 ms", outcome.latencyNanos().quantile(0.5) / NANOS_PER_MILLI);
    with("HTTP p99 ms", outcome.latencyNanos().quantile(0.99) / NANOS_PER_MILLI);
    return with("HTTP max ms", outcome.latencyNanos().quantile(1) / NANOS_PER_MILLI);
  }

  /** Adds what the exporter needed for it. */
  Figures withCost(Outcome outcome, RunningExporter exporter) throws IOException {
    with("probes/s", outcome.perSecond());
    with("CPU us/probe", outcome.cpuMicrosPerProbe());
    return with("peak RSS MB", exporter.peakMegabytes());
  }

  /** Adds the memory that the exporter has now. */
  Figures withMemory(RunningExporter exporter) throws IOException {
    return with("RSS MB", exporter.residentMegabytes());
  }

  /** Each with its column, for whoever waits for the table. */
  @Override
  public String toString() {
    StringJoiner text = new StringJoiner(", ");
    byColumn.forEach((column, value) -> text.add("%s %.1f".formatted(column, value)));
    return text.toString();
  }

  Map<String, Double> byColumn() {
    return byColumn;
  }
}
