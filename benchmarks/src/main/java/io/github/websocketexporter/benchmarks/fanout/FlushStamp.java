package io.github.websocketexporter.benchmarks.fanout;

import io.github.websocketexporter.transport.WallClock;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;

/**
 * Writes down when a PONG goes out: next to the socket, below TLS. Before the bytes are handed to
 * the kernel, so that no answer of the exporter's can be there before the truth is.
 */
final class FlushStamp extends ChannelOutboundHandlerAdapter {
  private static final int NONE = -1;

  private final Truth truth;
  private int number = NONE;
  private long pingEpochNanos;

  FlushStamp(Truth truth) {
    this.truth = truth;
  }

  /** The next flush carries the PONG of probe {@code number}. */
  void next(int number, long pingEpochNanos) {
    this.number = number;
    this.pingEpochNanos = pingEpochNanos;
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    if (number == NONE) {
      context.flush();
      return;
    }
    int where = truth.sending(number, pingEpochNanos, WallClock.SYSTEM.epochNanos());
    number = NONE;
    context.flush();
    truth.sent(where, WallClock.SYSTEM.epochNanos());
  }
}
