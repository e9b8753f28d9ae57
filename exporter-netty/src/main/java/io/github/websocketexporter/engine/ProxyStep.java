package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.ProxySettings;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.util.concurrent.Promise;

/**
 * Has the proxy that is connected to open a tunnel to the target. Netty's handlers for this are not
 * used: what went wrong is only in the words of their exceptions, and they end the connection.
 */
final class ProxyStep implements Step {
  private final String userAgent;

  /**
   * A step for all proxies.
   *
   * @param userAgent what a request to an HTTP proxy says who is asking
   */
  ProxyStep(String userAgent) {
    this.userAgent = userAgent;
  }

  @Override
  public Phase phase() {
    return Phase.PROXY;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    ProxySettings proxy = requireNonNull(attempt.route().proxy());
    TunnelHandler handler =
        switch (proxy.protocol()) {
          case HTTP -> new HttpTunnelHandler(attempt, done, proxy.credentials(), userAgent);
          case SOCKS5, SOCKS5H -> new SocksTunnelHandler(attempt, done, proxy.credentials());
        };
    attempt.channel().pipeline().addBefore(HandlerNames.GUARD, HandlerNames.PROXY, handler);
  }
}
