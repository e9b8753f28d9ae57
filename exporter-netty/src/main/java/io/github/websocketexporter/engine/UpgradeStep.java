package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.UpgradeSettings;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.Departure;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.util.concurrent.Promise;

/**
 * Sends the HTTP upgrade request and waits for the 101 (RFC 6455, section 4.1), or for the refusal
 * that the module wants.
 */
final class UpgradeStep implements Step {
  private static final HttpDecoderConfig LIMITS =
      new HttpDecoderConfig().setMaxInitialLineLength(4_096).setMaxHeaderSize(16_384);
  private static final int MAX_FRAME_PAYLOAD = 65_536;

  private final String userAgent;
  private final int maxFramePayload;

  UpgradeStep(String userAgent) {
    this(userAgent, MAX_FRAME_PAYLOAD);
  }

  /**
   * A step towards a WebSocket that reads larger or smaller frames than a probe does.
   *
   * @param maxFramePayload the longest payload of a frame that is read, in bytes
   */
  UpgradeStep(String userAgent, int maxFramePayload) {
    this.userAgent = userAgent;
    this.maxFramePayload = maxFramePayload;
  }

  @Override
  public Phase phase() {
    return Phase.UPGRADE;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    Channel channel = attempt.channel();
    UpgradeSettings settings = attempt.request().module().upgrade();
    ProbeHandshaker handshaker =
        new ProbeHandshaker(
            new UpgradeRequest(attempt.target(), settings, userAgent), maxFramePayload);
    ChannelPipeline pipeline =
        channel
            .pipeline()
            .addBefore(HandlerNames.GUARD, HandlerNames.HTTP, new ResponseDecoder(LIMITS));
    ByteBuf request = handshaker.newRequest(channel.alloc());
    Departure sent = attempt.stopwatch().depart();
    pipeline.addBefore(
        HandlerNames.GUARD,
        HandlerNames.UPGRADE,
        new UpgradeHandler(attempt, handshaker, sent, done));
    Step.failIfNotSent(channel.writeAndFlush(request), done);
  }
}
