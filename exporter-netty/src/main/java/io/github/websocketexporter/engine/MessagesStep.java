package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.MessageStep;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.ChannelPipeline;
import io.netty.util.concurrent.Promise;

/** Sends the messages of the module and waits for those that it expects. */
final class MessagesStep implements Step {
  @Override
  public Phase phase() {
    return Phase.MESSAGES;
  }

  @Override
  public void run(ProbeAttempt attempt, Promise<Void> done) {
    joinFragments(attempt.channel().pipeline())
        .addBefore(HandlerNames.GUARD, HandlerNames.MESSAGES, new MessagesHandler(attempt, done));
  }

  /** Has the fragments of messages put together. */
  static ChannelPipeline joinFragments(ChannelPipeline pipeline) {
    return pipeline.addBefore(
        HandlerNames.CLOSE, HandlerNames.FRAGMENTS, new FragmentJoiner(MessageStep.MAX_BYTES));
  }
}
