package io.github.websocketexporter.hardening;

import io.github.websocketexporter.integration.Answer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What became of many scrapes. Written by one thread, read when all is done. */
final class ScrapeOutcome {
  private static final int FEW = 1_024;

  private final Map<Integer, Integer> statuses = new TreeMap<>();
  private final Map<String, Integer> failures = new TreeMap<>();
  private final Map<String, Integer> unanswered = new TreeMap<>();
  private int succeeded;
  private long[] nanos = new long[FEW];
  private int answers;

  void answered(int status, String body, long tookNanos) {
    if (answers == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * answers);
    }
    nanos[answers++] = tookNanos;
    statuses.merge(status, 1, Integer::sum);
    if (body.contains("\nprobe_success 1")) {
      succeeded++;
    } else if (body.contains("\nprobe_success 0")) {
      failures.merge(Answer.failureIn(body), 1, Integer::sum);
    }
  }

  void unanswered(Throwable cause) {
    unanswered.merge(String.valueOf(cause.getMessage()), 1, Integer::sum);
  }

  /** How many answers had this status. */
  int status(int code) {
    return statuses.getOrDefault(code, 0);
  }

  /** How many answers there were, of every status. */
  int answers() {
    return answers;
  }

  /** How many answers say {@code probe_success 1}. */
  int succeeded() {
    return succeeded;
  }

  /** How many answers say {@code probe_success 0}, by phase and reason: {@code ping/timeout}. */
  Map<String, Integer> failures() {
    return failures;
  }

  /** How many requests got no answer, by the cause: the connection was refused, reset or closed. */
  Map<String, Integer> unanswered() {
    return unanswered;
  }

  /** The time within which {@code percent} of the answers came, in milliseconds. */
  double millis(double percent) {
    long[] sorted = Arrays.copyOf(nanos, answers);
    Arrays.sort(sorted);
    int index = (int) Math.ceil(percent / 100 * answers) - 1;
    return sorted[Math.max(0, index)] / 1e6;
  }

  /** How many answers came later than that. */
  int slowerThan(long millis) {
    return (int) Arrays.stream(nanos, 0, answers).filter(each -> each > millis * 1e6).count();
  }

  @Override
  public String toString() {
    return "statuses " + statuses + ", failures " + failures + ", unanswered " + unanswered;
  }
}
