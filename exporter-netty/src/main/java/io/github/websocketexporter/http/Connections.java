package io.github.websocketexporter.http;

import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections of the HTTP server: counted, bounded, and closed together at the end. The
 * first handler of every connection; shared by all.
 */
@Sharable
final class Connections extends ChannelInboundHandlerAdapter {
  private final int limit;
  private final ExporterMetrics metrics;
  private final AtomicInteger open = new AtomicInteger();
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile boolean takingNoMore;

  Connections(int limit, ExporterMetrics metrics) {
    this.limit = limit;
    this.metrics = metrics;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    Channel channel = context.channel();
    metrics.connectionOpened();
    channel.closeFuture().addListener(closed -> closed());
    if (open.incrementAndGet() > limit) {
      context.pipeline().addFirst(HandlerNames.REFUSAL, new ConnectionRefusal());
      return;
    }
    channels.add(channel);
    context.fireChannelActive();
    if (takingNoMore) {
      context.close(); // nobody else will
    }
  }

  /** Closes at once every connection that is accepted from now on. */
  void takeNoMore() {
    takingNoMore = true;
  }

  /** Closes every connection that is between two requests, and every WebSocket with a 1001. */
  void closeIdle() {
    for (Channel channel : channels) {
      channel.eventLoop().execute(() -> closeIfIdle(channel));
    }
  }

  /** Closes every connection, whatever it is doing. */
  void closeAll() {
    channels.close();
  }

  /** Completed when the connections that are open now have closed. */
  Future<Void> allClosed() {
    return channels.newCloseFuture();
  }

  private static void closeIfIdle(Channel channel) {
    ChannelHandlerContext requests = channel.pipeline().context(HandlerNames.REQUESTS);
    ChannelHandlerContext pong = channel.pipeline().context(HandlerNames.PONG);
    if (requests != null) {
      ((RequestHandler) requests.handler()).closeIfIdle(requests);
    } else if (pong != null) {
      PongHandler.close(pong, WebSocketCloseStatus.ENDPOINT_UNAVAILABLE);
    }
  }

  private void closed() {
    open.decrementAndGet();
    metrics.connectionClosed();
  }
}
