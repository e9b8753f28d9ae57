package io.github.websocketexporter.report;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.ProbeResult;
import java.util.ArrayList;
import java.util.List;

/**
 * The phases of a probe one below the other, each where it was in time.
 *
 * @param bars the phases that ran, in their order
 * @param totalNanos what the whole width stands for; positive
 */
record Waterfall(List<Bar> bars, long totalNanos) {
  /**
   * One phase.
   *
   * @param startNanos from the start of the probe, or of the connection where that is held
   * @param failed whether the probe failed in it
   */
  record Bar(Phase phase, long startNanos, long nanos, boolean failed) {
    long endNanos() {
      return startNanos + nanos;
    }
  }

  /** The waterfall of a result. */
  static Waterfall of(ProbeResult result) {
    PhaseTimings timings = result.timings();
    Failure failure = result.failure();
    List<Bar> bars = new ArrayList<>();
    long total = 1;
    for (Phase phase : Phase.values()) {
      if (timings.ran(phase)) {
        boolean failed = failure != null && failure.phase() == phase;
        Bar bar = new Bar(phase, timings.startNanos(phase), timings.nanos(phase), failed);
        bars.add(bar);
        total = Math.max(total, bar.endNanos());
      }
    }
    return new Waterfall(List.copyOf(bars), total);
  }

  /** Where {@code nanos} is on a scale of so many steps. */
  int at(long nanos, int steps) {
    return (int) Math.round((double) nanos / totalNanos * steps);
  }
}
