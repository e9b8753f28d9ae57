package io.github.websocketexporter.http;

import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections of the HTTP server: counted, bounded, and closed together at the end. Safe
 * for use by several event loops.
 */
final class Connections {
  /**
   * How many connections more than allowed are let in, to be told so: a scraper, that it shall come
   * again, and Kubernetes, that the exporter is well.
   */
  static final int SURPLUS = 64;

  /** How a connection is to be treated. */
  enum Place {
    /** It has one of the places that there are. */
    REGULAR,
    /** All places are taken: it has one of the {@link #SURPLUS} ones. */
    SURPLUS,
    /** These are taken, too: it is to be closed at once. */
    NONE
  }

  private final int limit;
  private final ExporterMetrics metrics;
  private final AtomicInteger open = new AtomicInteger();
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile boolean takingNoMore;

  Connections(int limit, ExporterMetrics metrics) {
    this.limit = limit;
    this.metrics = metrics;
  }

  /** Takes a place for {@code channel}, which it gives back when it closes. */
  Place take(Channel channel) {
    int taken = open.incrementAndGet();
    if (taken > limit + SURPLUS || takingNoMore) {
      open.decrementAndGet();
      return Place.NONE;
    }
    metrics.connectionOpened();
    channel.closeFuture().addListener(closed -> giveBack());
    channels.add(channel);
    if (takingNoMore) {
      channel.close(); // nobody else will
    }
    return taken > limit ? Place.SURPLUS : Place.REGULAR;
  }

  /** Lets in no connection from now on. */
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

  private void giveBack() {
    open.decrementAndGet();
    metrics.connectionClosed();
  }
}
