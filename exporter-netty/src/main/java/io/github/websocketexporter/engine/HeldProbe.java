package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.Prober.Probe;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A probe that came before what it needs was there. It begins when it is: what it measures counts
 * from then, its limit from when it came. Confined to one event loop.
 */
final class HeldProbe implements Probe {
  /** For a probe whose limit is over when it begins, so that it has a result. */
  private static final Duration LEAST = Duration.ofMillis(1);

  private final ProbeRequest request;
  private final Function<ProbeRequest, Probe> start;
  private final NanoClock clock;
  private final long heldNanos;
  private @Nullable Probe started;
  private boolean cancelled;

  /**
   * A probe that came now.
   *
   * @param start begins it, with what is left of its limit
   */
  HeldProbe(ProbeRequest request, NanoClock clock, Function<ProbeRequest, Probe> start) {
    this.request = request;
    this.start = start;
    this.clock = clock;
    heldNanos = clock.nanoTime();
  }

  /**
   * Holds it back until {@code needed} has succeeded; if that fails, for ever.
   *
   * @param loop the event loop that it runs on
   */
  HeldProbe until(Future<?> needed, EventLoop loop) {
    needed.addListener(
        outcome -> {
          if (outcome.isSuccess()) {
            loop.execute(this::begin);
          }
        });
    return this;
  }

  private void begin() {
    Duration left = request.limit().minusNanos(clock.nanoTime() - heldNanos);
    started = start.apply(request.within(left.compareTo(LEAST) < 0 ? LEAST : left));
    if (cancelled) {
      started.cancel();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    if (started != null) {
      started.cancel();
    }
  }
}
