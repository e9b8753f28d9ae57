package io.github.websocketexporter.engine;

import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Ends the connections of the probes of one event loop, and bounds how many of them are left open
 * for their peers to close: each holds a file descriptor for up to a second, and where probes are
 * many and peers slow, these would be more than the probes that run.
 *
 * <p>A peer that has answered our Close is to close at once (RFC 6455, section 7.1.1), so few of
 * these are left open at a time: with a server that leaves that to its clients they would take the
 * places of those that have yet to answer.
 */
final class Closings {
  private static final int MOST_AGREED = 64;

  private final int limit;
  private final Queue<Channel> agreed = new ArrayDeque<>(MOST_AGREED + 1);
  private int waiting;

  Closings(int limit) {
    this.limit = limit;
  }

  /** Ends {@code channel}, the connection of a probe that has ended. */
  void end(Channel channel) {
    CloseHandler.end(channel, waiting < limit);
    if (channel.isOpen()) {
      waiting++;
      channel.closeFuture().addListener(closed -> waiting--);
    }
  }

  /** Notes that both sides of {@code channel} have said Close. */
  void agreed(Channel channel) {
    agreed.add(channel);
    if (agreed.size() > MOST_AGREED) {
      agreed.removeIf(each -> !each.isOpen());
    }
    if (agreed.size() > MOST_AGREED) {
      CloseHandler.reset(agreed.remove());
    }
  }
}
