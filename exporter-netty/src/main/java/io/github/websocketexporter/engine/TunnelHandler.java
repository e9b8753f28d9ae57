package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.transport.Departure;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Speaks with a proxy until that has opened the tunnel. Then it removes itself, and what was read
 * behind the proxy's last answer, which is the target's, goes to the handlers that take its place.
 */
abstract class TunnelHandler extends ChannelInboundHandlerAdapter {
  private final ProbeAttempt attempt;
  private final Promise<Void> done;
  private final List<ByteBuf> ofTarget = new ArrayList<>(0);
  private @Nullable Departure sent;
  private boolean open;

  TunnelHandler(ProbeAttempt attempt, Promise<Void> done) {
    this.attempt = attempt;
    this.done = done;
  }

  /** Adds the decoder of the proxy's answers before this handler, and sends the first request. */
  abstract void begin(ChannelHandlerContext context);

  /**
   * Takes an answer of the proxy's.
   *
   * @throws ProbeFailure if it is not the one that opens the tunnel, or leads to that
   */
  abstract void answered(ChannelHandlerContext context, Object answer) throws ProbeFailure;

  @Override
  public final void handlerAdded(ChannelHandlerContext context) {
    begin(context);
  }

  /** Sends a request, which is answered by the next answer. */
  final void send(ChannelHandlerContext context, Object request) {
    Stopwatch stopwatch = attempt.stopwatch();
    sent = sent == null ? stopwatch.depart() : stopwatch.departAgain();
    Step.failIfNotSent(context.writeAndFlush(request), done);
  }

  /** Notes that the tunnel is open: whatever comes from now on is the target's. */
  final void open(ChannelHandlerContext context) {
    attempt.stopwatch().arrived(requireNonNull(sent));
    open = true;
    context.pipeline().remove(HandlerNames.PROXY_DECODER);
  }

  @Override
  public final void channelRead(ChannelHandlerContext context, Object message) {
    if (open) {
      ofTarget.add((ByteBuf) message);
      return;
    }
    try {
      if (!done.isDone()) {
        answered(context, message);
      }
    } catch (ProbeFailure e) {
      done.tryFailure(e);
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  /** Only now has all come through the decoder that was read together with the answer. */
  @Override
  public final void channelReadComplete(ChannelHandlerContext context) {
    if (!open) {
      context.fireChannelReadComplete();
      return;
    }
    List<ByteBuf> read = List.copyOf(ofTarget);
    ofTarget.clear();
    ChannelPipeline pipeline = context.pipeline().remove(this);
    done.trySuccess(null);
    ChannelHandlerContext arrival = pipeline.context(HandlerNames.ARRIVAL);
    read.forEach(arrival::fireChannelRead);
    arrival.fireChannelReadComplete();
  }

  @Override
  public final void handlerRemoved(ChannelHandlerContext context) {
    ofTarget.forEach(ReferenceCountUtil::release);
    ofTarget.clear();
  }
}
