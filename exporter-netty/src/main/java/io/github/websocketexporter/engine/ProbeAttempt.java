package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.ProxySettings;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.MessageFacts;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeProgress;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.probe.UpgradeFacts;
import io.github.websocketexporter.transport.TlsHandshake;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One probe from its start to its result, and the owner of all that belongs to it: its steps, its
 * stopwatch, its one deadline, its one promise and its channel. Confined to one event loop.
 *
 * <p>At any time exactly one step runs, and one promise stands for it. Everything that can end a
 * step completes that promise: the step itself, the guard of the pipeline, the deadline, a
 * cancellation. Whoever comes first decides; the rest finds it done.
 */
final class ProbeAttempt implements HeldConnection.Opening {
  /** Is told how an attempt ended: once, and before its connection is closed. */
  @FunctionalInterface
  interface Ending {
    /**
     * Takes the result, and the connection too if it calls {@link ProbeAttempt#release}.
     *
     * @param cause what made it fail, for the log
     */
    void ended(ProbeAttempt attempt, ProbeResult result, @Nullable Throwable cause);
  }

  /** In how many turns of the loop, at most, what waits in the socket is read past a deadline. */
  private static final int READING_TURNS = 6;

  private final EventLoop loop;
  private final Stopwatch stopwatch;
  private final ProbeRequest request;
  private final Route route;
  private final Closings closings;
  private final Ending ending;
  private final ProbeResult.Builder facts;

  private ProbeProgress progress = ProbeProgress.NONE;
  private Iterator<Step> steps = List.<Step>of().iterator();
  private @Nullable InetAddress targetAddress;
  private @Nullable InetSocketAddress peer;
  private @Nullable Channel channel;
  private boolean released;
  private @Nullable TlsHandshake handshake;
  private @Nullable Conversation conversation;
  private @Nullable Supplier<MessageFacts> messages;
  private @Nullable Supplier<PingStatistics> pings;
  private @Nullable Step step;
  private @Nullable Promise<Void> running;
  private @Nullable ScheduledFuture<?> deadline;
  private @Nullable FailureReason timeoutReason;
  private boolean settled;
  private boolean ended;

  ProbeAttempt(
      EventLoop loop, Stopwatch stopwatch, ProbeRequest request, Closings closings, Ending ending) {
    this.loop = loop;
    this.stopwatch = stopwatch;
    this.request = request;
    this.route = Route.of(request);
    this.closings = closings;
    this.ending = ending;
    facts = ProbeResult.builder(request);
  }

  /** Has {@code watcher} hear of all that comes. To be called before the start. */
  void watchedBy(ProbeProgress watcher) {
    progress = watcher;
  }

  void start(List<Step> plan) {
    steps = plan.iterator();
    target().literalAddress().ifPresent(this::targetAt);
    ProxySettings proxy = route.proxy();
    if (proxy != null && !proxy.address().isUnresolved()) {
      proxyAt(proxy.address().getAddress());
    }
    arm(request.limit().toNanos());
    next();
  }

  @Override
  public void cancel() {
    settled = false;
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

  Stopwatch stopwatch() {
    return stopwatch;
  }

  ProbeRequest request() {
    return request;
  }

  Closings closings() {
    return closings;
  }

  Target target() {
    return request.target();
  }

  Route route() {
    return route;
  }

  /** What to connect to: the proxy where the route has one, else the target. */
  InetSocketAddress peer() {
    return requireNonNull(peer);
  }

  /** The address of the target; null where only a proxy knows it. */
  @Nullable InetAddress targetAddress() {
    return targetAddress;
  }

  /** Notes the address of the target, given or found: the probe goes there and nowhere else. */
  void targetAt(InetAddress address) {
    targetAddress = address;
    if (route.proxy() == null) {
      peerAt(new InetSocketAddress(address, target().port()));
    }
  }

  /** Notes the address of the proxy, given or found. */
  void proxyAt(InetAddress address) {
    peerAt(new InetSocketAddress(address, requireNonNull(route.proxy()).address().getPort()));
  }

  private void peerAt(InetSocketAddress address) {
    peer = address;
    facts.address(address.getAddress());
  }

  /** The connection, once there is one. */
  Channel channel() {
    return requireNonNull(channel);
  }

  /** Hands over the connection: from now on this attempt closes it. */
  void opened(Channel opened) {
    channel = opened;
    if (ended) {
      closings.end(opened);
    }
  }

  /** Lets go of the connection: whoever calls this closes it. To be called when it has ended. */
  void release() {
    released = true;
  }

  /** What is said over the connection. */
  Conversation conversation() {
    if (conversation == null) {
      conversation = new Conversation();
    }
    return conversation;
  }

  /** Notes that what the running step has is enough: whatever ends it from now on ends it well. */
  void settle() {
    settled = true;
  }

  /**
   * Bounds the running step: where it is not over in {@code nanos}, or by the deadline, it fails.
   *
   * @param timeout the reason it fails for then
   */
  void limit(long nanos, FailureReason timeout) {
    timeoutReason = timeout;
    arm(Math.min(nanos, request.limit().toNanos() - stopwatch.elapsedNanos()));
  }

  private void arm(long nanos) {
    if (deadline != null) {
      deadline.cancel(false);
    }
    deadline = loop.schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
  }

  /** Notes the TLS handshake: what it shows is part of the result, however far it comes. */
  void handshaking(TlsHandshake begun) {
    handshake = begun;
  }

  /** Notes what answered the upgrade request. */
  void answered(UpgradeFacts answer) {
    facts.upgrade(answer);
  }

  /** Notes that the answer that has arrived is a valid 101. */
  void upgraded() {
    facts.connectionNanos(stopwatch.arrivalElapsedNanos());
  }

  /** Notes what tells what came of the messages: that is part of the result, whatever ends them. */
  void talking(Supplier<MessageFacts> told) {
    messages = told;
  }

  /** Notes what tells what became of the PINGs: that is part of the result, whatever ends them. */
  void pinging(Supplier<PingStatistics> statistics) {
    pings = statistics;
  }

  /** Notes that one of several PINGs was answered; {@code number} counts from 1. */
  void ponged(int number, RoundTrip roundTrip) {
    progress.ponged(number, roundTrip);
  }

  private void next() {
    Step next = steps.next();
    Promise<Void> promise = loop.newPromise();
    step = next;
    running = promise;
    unbind();
    stopwatch.beginPhase();
    promise.addListener(outcome -> stepEnded(next, outcome));
    try {
      next.run(this, promise);
    } catch (RuntimeException | Error e) {
      promise.tryFailure(e);
    }
  }

  /** What held for one step does not hold for the next. */
  private void unbind() {
    settled = false;
    if (timeoutReason != null) {
      timeoutReason = null;
      arm(request.limit().toNanos() - stopwatch.elapsedNanos());
    }
  }

  private void stepEnded(Step over, Future<?> outcome) {
    boolean success = outcome.isSuccess() || (settled && !isBug(over.phase(), outcome));
    stopwatch.endPhase(over.phase(), success);
    if (!success) {
      complete(over.phase(), requireNonNull(outcome.cause()));
      return;
    }
    if (over.phase() == Phase.UPGRADE && !request.module().upgrade().expectsRefusal()) {
      progress.connected(() -> resultOf(Phase.UPGRADE, null));
    }
    if (steps.hasNext()) {
      next();
    } else {
      complete(over.phase(), null);
    }
  }

  private static boolean isBug(Phase phase, Future<?> outcome) {
    return FailureClassifier.reasonOf(phase, requireNonNull(outcome.cause()), false)
        == FailureReason.INTERNAL_ERROR;
  }

  /** What waits in the socket is read first: the loop may have been late, or stopped. */
  private void expire() {
    timeOutAfterReading(READING_TURNS);
  }

  private void timeOutAfterReading(int turns) {
    deadline = loop.schedule(() -> timeOut(turns - 1), 0, TimeUnit.NANOSECONDS);
  }

  private void timeOut(int turns) {
    if (turns > 0 && stopwatch.timer().hasMoreToRead()) {
      timeOutAfterReading(turns);
      return;
    }
    FailureReason ofPhase = FailureClassifier.timeoutOf(requireNonNull(step).phase());
    fail(new ProbeFailure(timeoutReason == null ? ofPhase : timeoutReason));
  }

  /** The one place where a probe ends: in {@code phase}, by {@code cause} if it failed. */
  private void complete(Phase phase, @Nullable Throwable cause) {
    ended = true;
    requireNonNull(deadline).cancel(false);
    stopwatch.timer().rest();
    ProbeResult result = resultOf(phase, cause);
    try {
      ending.ended(this, result, cause);
    } finally {
      if (channel != null && !released) {
        closings.end(channel);
      }
    }
  }

  @Override
  public ProbeResult soFar() {
    Phase phase = requireNonNull(step).phase();
    return resultOf(phase, new ProbeFailure(FailureClassifier.timeoutOf(phase)));
  }

  private ProbeResult resultOf(Phase phase, @Nullable Throwable cause) {
    if (channel != null) {
      facts.tcp(stopwatch.timer().tcpFacts(channel));
    }
    boolean certificateRequested = false;
    if (handshake != null) {
      facts.tls(handshake.facts());
      certificateRequested = handshake.certificateRequested();
    }
    if (messages != null) {
      facts.messages(messages.get());
    }
    if (pings != null) {
      facts.pings(pings.get());
    }
    Failure failure =
        cause == null ? null : FailureClassifier.failureOf(phase, cause, certificateRequested);
    return facts.timings(stopwatch.timings()).build(stopwatch.elapsedNanos(), failure);
  }
}
