package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.NanoClock;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stamps the moment at which bytes were read from the socket: the first handler of a probe's
 * pipeline, before decryption and decoding. Confined to its channel's event loop.
 */
public final class ArrivalStamp extends ChannelInboundHandlerAdapter {
  private final NanoClock clock;
  private long lastReadNanos;

  /** Stamps by {@code clock}. */
  public ArrivalStamp(NanoClock clock) {
    this.clock = clock;
    lastReadNanos = clock.nanoTime();
  }

  /**
   * When the newest bytes were read, by the clock of the constructor. What a handler behind this
   * one is decoding arrived then.
   */
  public long lastReadNanos() {
    return lastReadNanos;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    lastReadNanos = clock.nanoTime();
    context.fireChannelRead(message);
  }
}
