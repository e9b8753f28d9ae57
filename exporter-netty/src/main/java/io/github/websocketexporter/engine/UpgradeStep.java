package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.Promise;

/** Sends the HTTP upgrade request and waits for the 101 (RFC 6455, section 4.1). */
final class UpgradeStep implements Step {
  private static final int MAX_STATUS_LINE = 4_096;
  private static final int MAX_HEADER = 16_384;

  private final String userAgent;

  UpgradeStep(String userAgent) {
    this.userAgent = userAgent;
  }

  @Override
  public Phase phase() {
    return Phase.UPGRADE;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    Channel channel = attempt.channel();
    ProbeHandshaker handshaker = new ProbeHandshaker(attempt.target(), userAgent, attempt::depart);
    HttpDecoderConfig limits =
        new HttpDecoderConfig()
            .setMaxInitialLineLength(MAX_STATUS_LINE)
            .setMaxHeaderSize(MAX_HEADER);
    channel
        .pipeline()
        .addBefore(HandlerNames.GUARD, HandlerNames.HTTP, new HttpClientCodec(limits, false, false))
        .addBefore(
            HandlerNames.GUARD,
            HandlerNames.UPGRADE,
            new UpgradeHandler(attempt, handshaker, done));
    Step.failIfNotSent(handshaker.handshake(channel), done);
    handshaker.sent().flushed();
  }
}
