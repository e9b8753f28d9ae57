package io.github.websocketexporter.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ReferenceCountedOpenSslEngine;
import javax.net.ssl.SSLEngine;

/**
 * Makes BoringSSL tell of an error in a record at once, as the JDK's TLS does.
 *
 * <p>Where an alert of ours answers the error, Netty's engine first asks to be wrapped, keeps the
 * exception, and throws it only when it is wrapped once more after the alert. After the handshake
 * nothing does that before the next write, which may never come. A flush does: without data it
 * encrypts nothing (the JDK's TLS would send an empty record, and does not need this).
 */
final class TlsErrorFlush extends ChannelInboundHandlerAdapter {
  static boolean isNeededBehind(SSLEngine engine) {
    return engine instanceof ReferenceCountedOpenSslEngine;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    context.flush();
    context.fireChannelReadComplete();
  }
}
