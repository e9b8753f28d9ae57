package io.github.websocketexporter.report;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * The last probes: so many of all of them, as many of those that failed, and as many of those that
 * a person asked for, which others do not push out. Their targets are kept without their secrets,
 * and text of peers cut to what metrics show of it, so that each takes a few KiB at most. Safe for
 * use by several threads; cheap enough for an event loop.
 */
public final class History {
  private static final int BASE = Character.MAX_RADIX;
  private static final int PREFIXES = BASE * BASE * BASE * BASE;

  private final int limit;

  /** Of this process: a link does not lead to another probe of the next one. */
  private final String prefix =
      Integer.toString(ThreadLocalRandom.current().nextInt(PREFIXES), BASE) + "-";

  private final Deque<RecentProbe> recent = new ArrayDeque<>();
  private final Deque<RecentProbe> failed = new ArrayDeque<>();
  private final Deque<RecentProbe> asked = new ArrayDeque<>();
  private long last;

  /**
   * An empty history.
   *
   * @param limit how many are kept of each kind; 0 to keep none
   */
  public History(int limit) {
    this.limit = limit;
  }

  /** Keeps the result of a probe that has just come to it. */
  public void add(ProbeResult result) {
    if (limit > 0) {
      keep(result, false);
    }
  }

  /**
   * Keeps the result of a probe that a person asked for.
   *
   * @return what is kept, or would be if anything were
   */
  public RecentProbe addAsked(ProbeResult result) {
    return keep(result, true);
  }

  private RecentProbe keep(ProbeResult result, boolean byPerson) {
    ProbeResult shown = Shown.of(result);
    Instant now = Instant.now();
    synchronized (this) {
      RecentProbe probe = new RecentProbe(prefix + Long.toString(++last, BASE), now, shown);
      push(recent, probe);
      if (shown.failure() != null && shown.failure().reason() != FailureReason.CANCELLED) {
        push(failed, probe);
      }
      if (byPerson) {
        push(asked, probe);
      }
      return probe;
    }
  }

  private void push(Deque<RecentProbe> probes, RecentProbe newest) {
    probes.addFirst(newest);
    if (probes.size() > limit) {
      probes.removeLast();
    }
  }

  /** How many are kept of each kind. */
  public int limit() {
    return limit;
  }

  /** The probe with that id, if it is still there. */
  public synchronized Optional<RecentProbe> find(String id) {
    return Stream.of(recent, failed, asked)
        .flatMap(Deque::stream)
        .filter(probe -> probe.id().equals(id))
        .findFirst();
  }

  /** The last probes, the newest first. */
  synchronized List<RecentProbe> recent() {
    return new ArrayList<>(recent);
  }

  /** The last probes that failed, the newest first. */
  synchronized List<RecentProbe> failed() {
    return new ArrayList<>(failed);
  }
}
