package io.github.websocketexporter.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how long a connection may be in a state that its client is responsible for: without a
 * request, amid sending one, or amid taking the answer. When the time is over it says so, and again
 * each time that it is over again. One timer per connection, which is not set anew with each change
 * of state but looks at the state when it wakes. Confined to the event loop of its connection.
 */
final class RequestTimer {

  /** What a connection is doing. */
  enum State {
    /** Waiting for the first byte of its first request, for no longer than a request may take. */
    OPENED,
    /** Waiting for the first byte of another request. */
    IDLE,
    /** A request is coming in. */
    RECEIVING,
    /** A request is being worked on: for as long as that takes. */
    WORKING,
    /** An answer is going out. */
    SENDING
  }

  private final EventExecutor executor;
  private final long idleNanos;
  private final long requestNanos;
  private Consumer<State> onTimeout = state -> {};
  private State state = State.OPENED;
  private long sinceNanos;
  private @Nullable ScheduledFuture<?> timer;

  /** A timer that runs on {@code executor}, the event loop of its connection. */
  RequestTimer(EventExecutor executor, Duration idleTimeout, Duration requestTimeout) {
    this.executor = executor;
    idleNanos = idleTimeout.toNanos();
    requestNanos = requestTimeout.toNanos();
  }

  /** Starts; tells {@code onTimeout} of each state that lasted too long. */
  void start(Consumer<State> onTimeout) {
    this.onTimeout = onTimeout;
    enter(State.OPENED);
    wakeAfter(Math.min(idleNanos, requestNanos));
  }

  /** Notes what the connection does from now on. */
  void enter(State next) {
    state = next;
    sinceNanos = executor.ticker().nanoTime();
  }

  /** Ends for good. */
  void stop() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  private void wake() {
    long leftNanos = limitNanos() - (executor.ticker().nanoTime() - sinceNanos);
    long longestNanos = Math.min(idleNanos, requestNanos);
    if (leftNanos > 0) {
      wakeAfter(Math.min(leftNanos, longestNanos));
      return;
    }
    wakeAfter(longestNanos);
    enter(state);
    onTimeout.accept(state);
  }

  private long limitNanos() {
    return switch (state) {
      case IDLE -> idleNanos;
      case OPENED -> Math.min(idleNanos, requestNanos);
      case RECEIVING, SENDING -> requestNanos;
      case WORKING -> Long.MAX_VALUE;
    };
  }

  private void wakeAfter(long nanos) {
    timer = executor.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
  }
}
