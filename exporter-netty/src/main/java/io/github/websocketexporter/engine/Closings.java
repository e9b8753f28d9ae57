package io.github.websocketexporter.engine;

import io.netty.channel.Channel;

/**
 * Ends the connections of the probes of one event loop, and bounds how many of them are left open
 * for their peers to close: each holds a file descriptor for up to a second, and where probes are
 * many and peers slow, these would be more than the probes that run.
 */
final class Closings {
  private final int limit;
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
}
