package io.github.websocketexporter.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listening socket going where a connection cannot be accepted, most of all for want of a
 * file descriptor: pauses, for the connection goes on to wait in the backlog and the loop would
 * spin, and tries again. Says so once for each episode; an episode is over when nothing has failed
 * for a while. Comes before the acceptor of Netty's, which pauses longer and logs each time.
 */
final class AcceptHandler extends ChannelInboundHandlerAdapter {
  /** Short to a client that waits, long to a processor. */
  static final Duration PAUSE = Duration.ofMillis(200);

  private static final Logger LOG = LoggerFactory.getLogger(AcceptHandler.class);

  private final Episode failures = new Episode();

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (failures.begins(context.executor().ticker().nanoTime())) {
      LOG.atWarn()
          .addKeyValue("cause", cause.getMessage())
          .log(
              isFileLimit(cause)
                  ? "no file descriptor is left: new connections wait until one is"
                  : "a connection cannot be accepted: trying again");
    }
    Channel channel = context.channel();
    channel.config().setAutoRead(false);
    context.executor().schedule(() -> resume(channel), PAUSE.toNanos(), TimeUnit.NANOSECONDS);
  }

  private static void resume(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setAutoRead(true);
    }
  }

  private static boolean isFileLimit(Throwable cause) {
    return String.valueOf(cause.getMessage())
        .toLowerCase(Locale.ROOT)
        .contains("too many open files");
  }
}
