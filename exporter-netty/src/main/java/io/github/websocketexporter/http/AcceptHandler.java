package io.github.websocketexporter.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listening socket going where a connection cannot be accepted, most of all for want of a
 * file descriptor. It has one to spare: without another, it gives this one to one connection after
 * the other, so that each is answered, if only that it shall come again. Where that does not help
 * it pauses, for the connection goes on to wait in the backlog and the loop would spin, and tries
 * again. Says so once for each episode. Comes before the acceptor of Netty's, which pauses longer
 * and logs each time.
 */
final class AcceptHandler extends ChannelInboundHandlerAdapter {
  /** Short to a client that waits, long to a processor. */
  static final Duration PAUSE = Duration.ofMillis(200);

  private static final Logger LOG = LoggerFactory.getLogger(AcceptHandler.class);
  private static final AttributeKey<Boolean> HAS_SPARE =
      AttributeKey.valueOf(AcceptHandler.class, "hasSpare");

  private final Episode failures = new Episode();
  private @Nullable Closeable spare;

  /** Whether {@code connection} has the descriptor that the next one waits for. */
  static boolean hasSpare(Channel connection) {
    return connection.hasAttr(HAS_SPARE);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    spare = openSpare();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    closeSpare();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    if (spare == null) {
      spare = openSpare();
    }
    if (spare == null) {
      Channel connection = (Channel) accepted;
      connection.attr(HAS_SPARE).set(true);
      connection.closeFuture().addListener(closed -> resumeSoon(context, Duration.ZERO));
    }
    context.fireChannelRead(accepted);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (failures.begins(context.executor().ticker().nanoTime())) {
      LOG.atWarn()
          .addKeyValue("cause", cause.getMessage())
          .log(
              isFileLimit(cause)
                  ? "no file descriptor is left: new connections are turned away or wait"
                  : "a connection cannot be accepted: trying again");
    }
    context.channel().config().setAutoRead(false);
    boolean helps = isFileLimit(cause) && spare != null;
    closeSpare();
    resumeSoon(context, helps ? Duration.ZERO : PAUSE);
  }

  private static void resumeSoon(ChannelHandlerContext context, Duration delay) {
    context
        .executor()
        .schedule(() -> resume(context.channel()), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void resume(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setAutoRead(true);
    }
  }

  /** Null if there is no descriptor for it. Never bound: nothing can reach it. */
  private static @Nullable Closeable openSpare() {
    try {
      return DatagramChannel.open();
    } catch (IOException e) {
      return null;
    }
  }

  private void closeSpare() {
    if (spare != null) {
      try {
        spare.close();
      } catch (IOException e) {
        LOG.atDebug().setCause(e).log("cannot close the spare descriptor");
      }
      spare = null;
    }
  }

  private static boolean isFileLimit(Throwable cause) {
    return String.valueOf(cause.getMessage())
        .toLowerCase(Locale.ROOT)
        .contains("too many open files");
  }
}
