package io.github.websocketexporter.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Holds the frames that came along with the request for an upgrade, until it is taken out: their
 * answers must not come before the 101.
 */
final class HeldFrames extends ChannelInboundHandlerAdapter {
  private final Queue<Object> frames = new ArrayDeque<>();

  @Override
  public void channelRead(ChannelHandlerContext context, Object frame) {
    frames.add(frame);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    while (!frames.isEmpty()) {
      context.fireChannelRead(frames.remove());
    }
  }
}
