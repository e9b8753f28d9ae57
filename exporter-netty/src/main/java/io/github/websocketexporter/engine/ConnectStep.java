package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.HandlerNames;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetSocketAddress;

/** Opens the TCP connection, to the target or to the proxy. */
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
    // The very address that this connection is for.
    String against = attempt.request().module().policy().listAgainst(attempt.targetAddress());
    if (against != null) {
      done.tryFailure(ProbeFailure.denied(against));
      return;
    }
    InetSocketAddress peer = attempt.peer();
    Channel channel = transport.probeChannels().newChannel(attempt.loop(), peer.getAddress());
    ChannelFuture registered = attempt.loop().register(channel);
    attempt.opened(channel);
    channel
        .pipeline()
        .addLast(HandlerNames.ARRIVAL, attempt.stopwatch().timer())
        .addLast(HandlerNames.GUARD, new ProbeGuard(attempt));
    // Not always done on return: Netty leaves the deepest of nested listeners to a later task.
    registered.addListener(
        outcome -> {
          if (outcome.isSuccess()) {
            channel.connect(peer).addListener(connected -> end(connected, done));
          } else {
            done.tryFailure(outcome.cause());
          }
        });
  }

  private static void end(Future<?> connected, Promise<Void> done) {
    if (connected.isSuccess()) {
      done.trySuccess(null);
    } else {
      done.tryFailure(connected.cause());
    }
  }
}
