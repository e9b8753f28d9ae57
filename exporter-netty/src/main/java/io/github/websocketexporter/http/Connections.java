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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The open connections of the HTTP server: counted, bounded, and closed together at the end. Safe
 * for use by several event loops.
 */
final class Connections {
  /**
   * How many connections more than allowed are let in, to be told so: a scraper, that it shall come
   * again, and Kubernetes, that the exporter is well. One more, and the oldest of them is closed:
   * who does not ask at once waits in nobody's way.
   */
  static final int SURPLUS = 64;

  /** How a connection is to be treated. */
  enum Place {
    /** It has one of the places that are allowed. */
    REGULAR,
    /** All those are taken: it is one of the {@link #SURPLUS}. */
    SURPLUS,
    /** It has the last file descriptor, for which the next one waits. */
    SPARE,
    /** No connection is let in any more: it is to be closed at once. */
    NONE
  }

  private static final Logger LOG = LoggerFactory.getLogger(Connections.class);

  private final int limit;
  private final ExporterMetrics metrics;
  private final AtomicInteger regular = new AtomicInteger();
  private final Queue<Channel> surplus = new ConcurrentLinkedQueue<>();
  private final Episode full = new Episode();
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private volatile boolean takingNoMore;

  Connections(int limit, ExporterMetrics metrics) {
    this.limit = limit;
    this.metrics = metrics;
  }

  /** Takes a place for {@code channel}, which it gives back when it closes. */
  Place take(Channel channel) {
    // Before the question: whoever closes all either finds it there, or has said that it shall not.
    channels.add(channel);
    if (takingNoMore) {
      return Place.NONE;
    }
    metrics.connectionOpened();
    channel.closeFuture().addListener(closed -> metrics.connectionClosed());
    if (AcceptHandler.hasSpare(channel)) {
      return Place.SPARE;
    }
    if (regular.incrementAndGet() <= limit) {
      channel.closeFuture().addListener(closed -> regular.decrementAndGet());
      return Place.REGULAR;
    }
    regular.decrementAndGet();
    takeSurplus(channel);
    return Place.SURPLUS;
  }

  private void takeSurplus(Channel channel) {
    if (full.begins(System.nanoTime())) {
      LOG.atWarn()
          .addKeyValue("max-connections", limit)
          .log("all connections are taken: new ones are turned away");
    }
    surplus.add(channel);
    channel.closeFuture().addListener(closed -> surplus.remove(channel));
    Channel oldest = surplus.size() > SURPLUS ? surplus.poll() : null;
    if (oldest != null) {
      oldest.close();
    }
  }

  /** Lets in no connection from now on. */
  void takeNoMore() {
    takingNoMore = true;
  }

  /**
   * Closes every connection that is between two requests, and every WebSocket with a 1001.
   *
   * @param which of them; asked on the event loop of each
   */
  void closeIdle(Predicate<Channel> which) {
    for (Channel channel : channels) {
      channel
          .eventLoop()
          .execute(
              () -> {
                if (which.test(channel)) {
                  closeIfIdle(channel);
                }
              });
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
}
