package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.RoundTrip;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Sends PINGs, each with a payload of its own, and takes their PONGs (RFC 6455, sections 5.5.2 and
 * 5.5.3). Other PONGs and data change nothing. Tells, at any time, what became of its PINGs so far.
 */
abstract class PingExchange extends SimpleChannelInboundHandler<WebSocketFrame>
    implements Supplier<PingStatistics> {
  final ProbeAttempt attempt;
  final PingSettings settings;

  /** How long a PONG is waited for; {@link Long#MAX_VALUE} for as long as the probe may take. */
  final long timeoutNanos;

  private final Promise<Void> done;
  private int unmatched;

  PingExchange(ProbeAttempt attempt, Promise<Void> done) {
    this.attempt = attempt;
    this.done = done;
    settings = attempt.request().module().ping();
    Duration timeout = settings.timeout();
    timeoutNanos = timeout == null ? Long.MAX_VALUE : timeout.toNanos();
  }

  /** Sends the first PING. */
  abstract void begin(ChannelHandlerContext context);

  /** Takes a PONG that carries {@code number}, which may be that of one of our PINGs. */
  abstract void pongReceived(ChannelHandlerContext context, long number);

  /** What became of the PINGs so far, and of so many PONGs that answered none of them. */
  abstract PingStatistics statistics(int unmatchedPongs);

  @Override
  public final void handlerAdded(ChannelHandlerContext context) {
    attempt.pinging(this);
    if (!settings.required()) {
      attempt.settle();
    }
    begin(context);
  }

  @Override
  protected final void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (isOver()) {
      return; // The Close frame is on its way: no frame may follow it.
    }
    if (frame instanceof PongWebSocketFrame) {
      pongReceived(context, frame.content());
    }
  }

  private void pongReceived(ChannelHandlerContext context, ByteBuf payload) {
    if (PingPayload.isOurs(payload, settings.payloadBytes())) {
      pongReceived(context, PingPayload.numberOf(payload));
    } else {
      unmatched();
    }
  }

  /** Sends the PING that carries {@code number}. */
  final void send(ChannelHandlerContext context, long number) {
    ByteBuf payload = PingPayload.of(context.alloc(), number, settings.payloadBytes());
    Step.failIfNotSent(context.writeAndFlush(new PingWebSocketFrame(payload)), done);
  }

  /**
   * Whether an answer certainly came later than the module waits for one. That the exporter was
   * late to read it is not held against the peer.
   */
  final boolean isLate(RoundTrip answer) {
    return answer.nanos() - answer.uncertaintyNanos() > timeoutNanos;
  }

  /** Counts a PONG that answers none of our PINGs, or not in time. */
  final void unmatched() {
    unmatched++;
  }

  @Override
  public final PingStatistics get() {
    return statistics(unmatched);
  }

  /** Whether the step has ended, whatever ended it. */
  final boolean isOver() {
    return done.isDone();
  }

  /** Ends the step well. */
  final void succeed(ChannelHandlerContext context) {
    context.pipeline().remove(this);
    done.trySuccess(null);
  }
}
