package io.github.websocketexporter.session;

import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.probe.DisconnectReason;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober.Probe;
import io.github.websocketexporter.probe.RoundTrip;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A target that is monitored continuously for as long as scrapes ask for it: its {@link Link}, its
 * {@link Lease}, and the scrapes that wait for the first PONG. Owns the only timer of the first
 * two. Confined to one event loop.
 */
final class Session {
  /** A changed module is gone on by within this time at the most. */
  private static final long SPREAD_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final SessionLoop loop;
  private final Link link;
  private final Lease lease;
  private final Runnable gone;
  private final Set<Scrape> waiting = new LinkedHashSet<>(2);
  private @Nullable ScheduledFuture<?> timer;
  private boolean closed;

  /** A scrape that waits until there is something to tell. */
  private final class Scrape implements Probe {
    private final ProbeRequest request;
    private final Consumer<ProbeResult> onResult;
    private final long startNanos;
    private final ScheduledFuture<?> limit;

    Scrape(ProbeRequest request, Consumer<ProbeResult> onResult, long startNanos) {
      this.request = request;
      this.onResult = onResult;
      this.startNanos = startNanos;
      limit = loop.after(request.limit().toNanos(), () -> loop.afterReading(() -> end(null)));
      waiting.add(this);
    }

    @Override
    public void cancel() {
      Failure now = link.failure();
      end(new Failure(now == null ? Phase.PING : now.phase(), FailureReason.CANCELLED));
    }

    /** Answers, by {@code failure} if there is one. */
    void end(@Nullable Failure failure) {
      if (waiting.remove(this)) {
        limit.cancel(false);
        if (!closed) {
          arm();
        }
        onResult.accept(result(request, startNanos, failure == null ? link.failure() : failure));
      }
    }
  }

  /**
   * A session that {@link #open} opens, after its first scrape.
   *
   * @param part where in an interval its beats are, from 0 to 1
   * @param gone is called when its lease has ended
   */
  Session(SessionLoop loop, ProbeRequest first, double part, Runnable gone) {
    this.loop = loop;
    this.gone = gone;
    link = new Link(loop, first, part, this::changed);
    lease = new Lease(loop.settings());
  }

  /** Connects. */
  void open() {
    link.open();
    arm();
  }

  /** Answers a scrape: at once if there is something to tell, else as soon as there is. */
  Probe scrape(ProbeRequest request, Consumer<ProbeResult> onResult) {
    long now = loop.nanoTime();
    lease.renew(now);
    long within = Math.min(SPREAD_NANOS, lease.intervalNanos());
    link.renewal().goOnBy(request.module(), now, within);
    link.beats().scraped(lease.intervalNanos(), now);
    arm();
    if (!link.isKnown()) {
      return new Scrape(request, onResult, now);
    }
    onResult.accept(result(request, now, link.failure()));
    return () -> {};
  }

  /** Adds the TLS settings that it connects by, or will. */
  void addTlsSettingsTo(Set<TlsSettings> all) {
    link.renewal().addTlsSettingsTo(all);
  }

  private void changed() {
    if (closed) {
      return;
    }
    if (link.isKnown()) {
      List.copyOf(waiting).forEach(scrape -> scrape.end(null));
    }
    arm();
  }

  private void arm() {
    if (timer != null) {
      timer.cancel(false);
    }
    long now = loop.nanoTime();
    long due = link.nanosToTurn(now);
    if (waiting.isEmpty()) {
      due = Math.min(due, lease.endNanos() - now);
    }
    timer = loop.after(due, this::wake);
  }

  private void wake() {
    long now = loop.nanoTime();
    if (isOver(now) || link.isExpiring(now)) {
      timer = loop.afterReading(this::turn);
    } else {
      turn();
    }
  }

  /** Whether nobody asks for it any more. */
  private boolean isOver(long nowNanos) {
    return waiting.isEmpty() && nowNanos - lease.endNanos() >= 0;
  }

  private void turn() {
    long now = loop.nanoTime();
    if (isOver(now)) {
      gone.run();
      close(DisconnectReason.LEASE_ENDED, WebSocketCloseStatus.NORMAL_CLOSURE);
      return;
    }
    link.turn(now);
    changed();
  }

  /** Ends it; done when the connection is gone. */
  Future<Void> close(DisconnectReason reason, WebSocketCloseStatus status) {
    closed = true;
    if (timer != null) {
      timer.cancel(false);
    }
    List.copyOf(waiting).forEach(Scrape::cancel);
    return link.close(reason, status);
  }

  private ProbeResult result(ProbeRequest request, long startNanos, @Nullable Failure failure) {
    long now = loop.nanoTime();
    ProbeResult found = link.found();
    RoundTrip newest = link.beats().newest();
    PhaseTimings timings =
        newest == null ? found.timings() : found.timings().with(Phase.PING, newest.nanos());
    return new ProbeResult(
        request,
        now - startNanos,
        timings,
        found.address(),
        link.tcpFacts(),
        found.tls(),
        found.upgrade(),
        link.isUp() ? found.connectionNanos() : OptionalLong.empty(),
        found.messages(),
        link.beats().statistics(),
        link.facts(now),
        failure);
  }
}
