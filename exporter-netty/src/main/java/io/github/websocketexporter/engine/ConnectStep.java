package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.HandlerNames;
import io.github.websocketexporter.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.PromiseNotifier;
import java.net.InetSocketAddress;

/** Opens the TCP connection. */
final class ConnectStep implements Step {
  private final Transport transport;

  ConnectStep(Transport transport) {
    this.transport = transport;
  }

  @Override
  public Phase phase() {
    return Phase.CONNECT;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    ChannelFuture connected =
        new Bootstrap()
            .group(attempt.loop())
            .channelFactory(transport.clientChannels())
            .disableResolver()
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(HandlerNames.ARRIVAL, attempt.stopwatch().timer())
                        .addLast(HandlerNames.GUARD, new ProbeGuard(attempt));
                  }
                })
            .connect(new InetSocketAddress(attempt.address(), attempt.target().port()));
    if (!connected.isDone() || connected.isSuccess()) {
      attempt.opened(connected.channel());
    }
    PromiseNotifier.cascade(false, connected, done);
  }
}
