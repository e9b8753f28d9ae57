package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober.Probe;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.probe.UpgradeFacts;
import io.github.websocketexporter.transport.ArrivalStamp;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One probe from its start to its result, and the owner of all that belongs to it: its steps, its
 * stopwatch, its one timer, its one promise and its channel. Confined to one event loop.
 *
 * <p>At any time exactly one step runs, and one promise stands for it. Everything that can end a
 * step completes that promise: the step itself, the guard of the pipeline, the deadline, a
 * cancellation. Whoever comes first decides; the rest finds it done.
 */
final class ProbeAttempt implements Probe {
  private final EventLoop loop;
  private final NanoClock clock;
  private final ProbeRequest request;
  private final Consumer<ProbeResult> onResult;
  private final ProbeResult.Builder facts;
  private final PhaseTimings.Builder timings = new PhaseTimings.Builder();
  private final ArrivalStamp arrival;
  private final long startNanos;

  private Iterator<Step> steps = List.<Step>of().iterator();
  private @Nullable InetAddress address;
  private @Nullable Channel channel;
  private @Nullable Step step;
  private @Nullable Promise<Void> running;
  private @Nullable ScheduledFuture<?> deadline;
  private long phaseStartNanos;
  private boolean upgraded;
  private boolean ended;

  ProbeAttempt(
      EventLoop loop, NanoClock clock, ProbeRequest request, Consumer<ProbeResult> onResult) {
    this.loop = loop;
    this.clock = clock;
    this.request = request;
    this.onResult = onResult;
    facts = ProbeResult.builder(request);
    arrival = new ArrivalStamp(clock);
    startNanos = clock.nanoTime();
  }

  void start(List<Step> plan) {
    steps = plan.iterator();
    request.target().literalAddress().ifPresent(this::resolved);
    deadline = loop.schedule(this::expire, request.limit().toNanos(), TimeUnit.NANOSECONDS);
    next();
  }

  @Override
  public void cancel() {
    fail(new ProbeFailure(FailureReason.CANCELLED));
  }

  /** Ends the running step, and with it the probe; does nothing if the probe has ended. */
  void fail(Throwable cause) {
    if (running != null) {
      running.tryFailure(cause);
    }
  }

  EventLoop loop() {
    return loop;
  }

  long nanoTime() {
    return clock.nanoTime();
  }

  ArrivalStamp arrival() {
    return arrival;
  }

  ProbeRequest request() {
    return request;
  }

  Target target() {
    return request.target();
  }

  /** The address to connect to. */
  InetAddress address() {
    return requireNonNull(address);
  }

  /** Notes the address to connect to. */
  void resolved(InetAddress found) {
    address = found;
    facts.address(found);
  }

  /** The connection, once there is one. */
  Channel channel() {
    return requireNonNull(channel);
  }

  /** Hands over the connection: from now on this attempt closes it. */
  void opened(Channel opened) {
    channel = opened;
    if (ended) {
      Farewell.reset(opened);
    }
  }

  /**
   * Moves the start of the running phase to now: the moment when its first bytes are ready to go.
   */
  long restartPhase() {
    phaseStartNanos = clock.nanoTime();
    return phaseStartNanos;
  }

  /** Notes what answered the upgrade request. */
  void answered(UpgradeFacts answer) {
    facts.upgrade(answer);
  }

  /** Notes that a valid 101 arrived at {@code nanos}. */
  void upgraded(long nanos) {
    upgraded = true;
    facts.connectionNanos(Math.max(0, nanos - startNanos));
  }

  /** Notes what became of the PINGs so far. */
  void pings(PingStatistics statistics) {
    facts.pings(statistics);
  }

  private void next() {
    Step next = steps.next();
    Promise<Void> promise = loop.newPromise();
    step = next;
    running = promise;
    phaseStartNanos = clock.nanoTime();
    promise.addListener(outcome -> stepEnded(next, outcome));
    try {
      next.run(this, promise);
    } catch (RuntimeException | Error e) {
      promise.tryFailure(e);
    }
  }

  private void stepEnded(Step over, Future<?> outcome) {
    long endNanos = outcome.isSuccess() ? over.endNanos(this) : clock.nanoTime();
    timings.add(over.phase(), endNanos - phaseStartNanos);
    if (!outcome.isSuccess()) {
      complete(over.phase(), requireNonNull(outcome.cause()));
    } else if (steps.hasNext()) {
      next();
    } else {
      complete(over.phase(), null);
    }
  }

  private void expire() {
    fail(new ProbeFailure(FailureClassifier.timeoutOf(requireNonNull(step).phase())));
  }

  /** The one place where a probe ends: in {@code phase}, by {@code cause} if it failed. */
  private void complete(Phase phase, @Nullable Throwable cause) {
    ended = true;
    requireNonNull(deadline).cancel(false);
    Failure failure =
        cause == null ? null : new Failure(phase, FailureClassifier.reasonOf(phase, cause));
    ProbeResult result =
        facts.timings(timings.build()).build(clock.nanoTime() - startNanos, failure);
    try {
      onResult.accept(result);
    } finally {
      if (channel != null && upgraded) {
        Farewell.say(channel, failure == null ? null : failure.reason());
      } else if (channel != null) {
        Farewell.reset(channel);
      }
      ProbeLog.write(result, cause);
    }
  }
}
