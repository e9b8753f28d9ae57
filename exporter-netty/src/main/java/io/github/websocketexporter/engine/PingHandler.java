package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.transport.Departure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends a PING with a payload of its own and waits for its PONG. Other PONGs and data change
 * nothing, PINGs of the server's are answered. A round trip that is too unsure is measured again,
 * and the surest one counts. Removes itself when it is done.
 */
final class PingHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
  private static final int MAX_REPEATS = 2;
  private static final int PATIENCE_ROUND_TRIPS = 4;
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ProbeAttempt attempt;
  private final BooleanSupplier mayRepeat;
  private final Promise<Void> done;
  private @Nullable Departure sent;
  private @Nullable RoundTrip surest;
  private long payload;
  private int unmatched;
  private int repeats;

  /**
   * A handler for the PING of one probe.
   *
   * @param mayRepeat whether there is room for PINGs that only make the number surer
   */
  PingHandler(ProbeAttempt attempt, BooleanSupplier mayRepeat, Promise<Void> done) {
    this.attempt = attempt;
    this.mayRepeat = mayRepeat;
    this.done = done;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    sendPing(context, attempt.stopwatch().depart());
    report(0);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (done.isDone()) {
      return; // The Close frame is on its way: no frame may follow it.
    }
    if (frame instanceof PongWebSocketFrame) {
      pongReceived(context, frame.content());
    } else if (frame instanceof PingWebSocketFrame) {
      answer(context, frame);
    }
  }

  private void sendPing(ChannelHandlerContext context, Departure departure) {
    payload = ThreadLocalRandom.current().nextLong();
    sent = departure;
    ByteBuf content = context.alloc().buffer(Long.BYTES).writeLong(payload);
    Step.failIfNotSent(context.writeAndFlush(new PingWebSocketFrame(content)), done);
  }

  /** A server that floods us with PINGs and takes no PONGs gets no more of them. */
  static void answer(ChannelHandlerContext context, WebSocketFrame ping) {
    if (context.channel().isWritable()) {
      context.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
    }
  }

  private void pongReceived(ChannelHandlerContext context, ByteBuf content) {
    if (sent == null
        || content.readableBytes() != Long.BYTES
        || content.getLong(content.readerIndex()) != payload) {
      unmatched++;
      report(surest == null ? 0 : 1);
      return;
    }
    RoundTrip measured = attempt.stopwatch().roundTrip(context.channel(), sent);
    if (surest == null || measured.uncertaintyNanos() < surest.uncertaintyNanos()) {
      surest = measured;
    }
    sent = null;
    report(1);
    if (isSure(surest)
        || repeats == MAX_REPEATS
        || !attempt.stopwatch().timer().canBeSurer(surest)
        || !mayRepeat.getAsBoolean()) {
      context.pipeline().remove(this);
      done.trySuccess(null);
    } else {
      repeats++;
      attempt.settle();
      attempt.limit(patienceNanos(surest), FailureReason.PONG_TIMEOUT);
      sendPing(context, attempt.stopwatch().departAgain());
    }
  }

  private boolean isSure(RoundTrip roundTrip) {
    return roundTrip.uncertaintyNanos()
        <= attempt.request().module().ping().maxUncertainty().toNanos();
  }

  /** A server that answers one PING but not the next must not hold up the answer for long. */
  private static long patienceNanos(RoundTrip roundTrip) {
    return PATIENCE_ROUND_TRIPS * roundTrip.nanos() + PATIENCE_NANOS;
  }

  private void report(int received) {
    attempt.pings(new PingStatistics(1, received, unmatched, surest));
  }
}
