package io.github.websocketexporter.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bounds how long a connection may be in a state that its client is responsible for: without a
 * request, amid sending one, or amid taking the answer. When the time is over it fires the state as
 * a user event, and again each time that it is over again. Stands before the HTTP codec, where
 * every byte is seen. One timer per connection, which is not set anew with each change of state but
 * looks at the state when it wakes.
 */
final class RequestTimer extends ChannelInboundHandlerAdapter {

  /** What a connection is doing. */
  enum State {
    /** Waiting for the first byte of a request. */
    IDLE,
    /** A request is coming in. */
    RECEIVING,
    /** A request is being worked on: for as long as that takes. */
    WORKING,
    /** An answer is going out. */
    SENDING
  }

  private final long idleNanos;
  private final long requestNanos;
  private State state = State.IDLE;
  private long sinceNanos;
  private @Nullable ScheduledFuture<?> timer;

  RequestTimer(Duration idleTimeout, Duration requestTimeout) {
    idleNanos = idleTimeout.toNanos();
    requestNanos = requestTimeout.toNanos();
  }

  /** Notes what the connection does from now on. */
  void enter(ChannelHandlerContext context, State next) {
    state = next;
    sinceNanos = context.executor().ticker().nanoTime();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    enter(context, State.IDLE);
    wakeAfter(context, Math.min(idleNanos, requestNanos));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object bytes) {
    if (state == State.IDLE) {
      enter(context, State.RECEIVING);
    }
    context.fireChannelRead(bytes);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private void wake(ChannelHandlerContext context) {
    long elapsedNanos = context.executor().ticker().nanoTime() - sinceNanos;
    long leftNanos = limitNanos() - elapsedNanos;
    if (leftNanos <= 0) {
      enter(context, state);
      context.fireUserEventTriggered(state);
      if (!context.isRemoved()) {
        wakeAfter(context, Math.min(idleNanos, requestNanos));
      }
    } else {
      wakeAfter(context, Math.min(leftNanos, Math.min(idleNanos, requestNanos)));
    }
  }

  private long limitNanos() {
    return switch (state) {
      case IDLE -> idleNanos;
      case RECEIVING, SENDING -> requestNanos;
      case WORKING -> Long.MAX_VALUE;
    };
  }

  private void wakeAfter(ChannelHandlerContext context, long nanos) {
    timer = context.executor().schedule(() -> wake(context), nanos, TimeUnit.NANOSECONDS);
  }
}
