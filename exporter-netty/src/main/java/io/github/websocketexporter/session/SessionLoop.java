package io.github.websocketexporter.session;

import io.github.websocketexporter.config.SessionSettings;
import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.NanoClock;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * What the sessions of one event loop share.
 *
 * @param executor the loop
 * @param prober opens their connections
 */
record SessionLoop(
    EventLoop executor,
    NettyProber prober,
    SessionSettings settings,
    ExporterMetrics metrics,
    NanoClock clock) {

  long nanoTime() {
    return clock.nanoTime();
  }

  /** Runs {@code task} after {@code nanos}. */
  ScheduledFuture<?> after(long nanos, Runnable task) {
    return executor.schedule(task, Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs {@code task} when what waits in the sockets has been read: the loop may have been late, or
   * stopped, and that is no fault of a peer or a scraper.
   */
  ScheduledFuture<?> afterReading(Runnable task) {
    return after(0, task);
  }
}
