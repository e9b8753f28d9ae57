package io.github.websocketexporter.session;

import io.github.websocketexporter.config.SessionSettings;
import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.Prober;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The sessions of all event loops: one for each target and each module that is continuous, on the
 * loop that these two decide, whichever loop a scrape comes in on. So all scrapers of a target
 * share one connection. Safe for use by several threads.
 */
public final class Sessions {
  private final List<LoopSessions> loops = new ArrayList<>();

  /**
   * No sessions yet.
   *
   * @param probers the prober of each event loop, which opens the connections there
   * @param clock the time that leases and intervals are measured by
   */
  public Sessions(
      Map<EventLoop, NettyProber> probers,
      SessionSettings settings,
      ExporterMetrics metrics,
      NanoClock clock) {
    AtomicInteger count = new AtomicInteger();
    probers.forEach(
        (loop, prober) -> {
          SessionLoop shared = new SessionLoop(loop, prober, settings, metrics, clock);
          loops.add(new LoopSessions(shared, count));
        });
  }

  /**
   * A prober for the scrapes that come in on one event loop: those of continuous modules are
   * answered from sessions, all others by {@code probes}.
   *
   * @param probes the prober of that loop
   */
  public Prober proberOf(EventLoop loop, NettyProber probes) {
    return new SessionProber(this, loop, probes);
  }

  /** Where the session of {@code key} is. */
  LoopSessions loopOf(LoopSessions.Key key) {
    return loops.get(Math.floorMod(key.hashCode(), loops.size()));
  }

  /**
   * The TLS settings that sessions connect by, also those of modules that are no longer in force.
   * Blocks until each event loop has told: not for one of them.
   */
  public Set<TlsSettings> tlsSettings() {
    Set<TlsSettings> all = Collections.synchronizedSet(new HashSet<>());
    for (LoopSessions each : loops) {
      each.loop().executor().submit(() -> each.addTlsSettingsTo(all)).awaitUninterruptibly();
    }
    return all;
  }

  /**
   * Ends all sessions, with the status code for an endpoint that goes away (1001; RFC 6455, section
   * 7.4.1). Scrapes that come later begin new ones.
   *
   * @return done when their connections are gone, which peers are given a second for
   */
  public CompletableFuture<Void> close() {
    return CompletableFuture.allOf(
        loops.stream().map(Sessions::close).toArray(CompletableFuture<?>[]::new));
  }

  private static CompletableFuture<Void> close(LoopSessions sessions) {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    sessions.loop().executor().execute(() -> sessions.close(closed));
    return closed;
  }
}
