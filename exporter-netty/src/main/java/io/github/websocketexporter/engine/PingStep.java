package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.ThreadLocalRandom;

/** Sends a PING with a payload of its own and waits for its PONG (RFC 6455, section 5.5). */
final class PingStep implements Step {

  @Override
  public Phase phase() {
    return Phase.PING;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    Channel channel = attempt.channel();
    long payload = ThreadLocalRandom.current().nextLong();
    PingHandler handler = new PingHandler(attempt, payload, done);
    channel.pipeline().addBefore(HandlerNames.GUARD, HandlerNames.PING, handler);
    PingWebSocketFrame ping =
        new PingWebSocketFrame(channel.alloc().buffer(Long.BYTES).writeLong(payload));
    handler.sentAt(attempt.restartPhase());
    Step.failIfNotSent(channel.writeAndFlush(ping), done);
  }

  @Override
  public long endNanos(ProbeAttempt attempt) {
    return attempt.arrival().lastReadNanos();
  }
}
