package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;

/**
 * The last handler of a probe's pipeline, for as long as the connection lives: whatever no step's
 * handler took ends here. Errors and the end of the stream end the probe's running step; messages
 * that nobody waits for are released.
 */
final class ProbeGuard extends ChannelInboundHandlerAdapter {
  private final ProbeAttempt attempt;

  ProbeGuard(ProbeAttempt attempt) {
    this.attempt = attempt;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    attempt.fail(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    attempt.fail(new ProbeFailure(FailureReason.CLOSED_BY_PEER));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    // With TLS, the end of the stream is an alert; the connection below may stay open behind it.
    if (event instanceof SslCloseCompletionEvent) {
      attempt.fail(new ProbeFailure(FailureReason.CLOSED_BY_PEER));
    }
  }
}
