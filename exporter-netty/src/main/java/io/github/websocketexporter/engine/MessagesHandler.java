package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.Expectation;
import io.github.websocketexporter.module.MessagePayload;
import io.github.websocketexporter.module.MessageStep;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.MessageFacts;
import io.github.websocketexporter.probe.Mismatch;
import io.github.websocketexporter.transport.Departure;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import java.util.Iterator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the steps of the module's messages: sends, and waits for what must come. Removes
 * itself, and what puts fragments together, when it is done.
 */
final class MessagesHandler extends SimpleChannelInboundHandler<WebSocketFrame> {
  private final ProbeAttempt attempt;
  private final Promise<Void> done;
  private final Iterator<MessageStep> steps;
  private final Conversation conversation;
  private final TreeMap<String, Long> stepNanos = new TreeMap<>();
  private @Nullable MessageStep step;
  private @Nullable Departure begun;
  private int number;
  private int passedOver;
  private @Nullable Mismatch mismatch;

  MessagesHandler(ProbeAttempt attempt, Promise<Void> done) {
    this.attempt = attempt;
    this.done = done;
    conversation = attempt.conversation();
    steps = attempt.request().module().messages().iterator();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    attempt.talking(this::facts);
    next(context);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (done.isDone()) {
      return; // The Close frame is on its way: no frame may follow it.
    }
    if (frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame) {
      messageReceived(context, frame);
    }
  }

  /** Goes on to the next step that waits for a message, or to the end. */
  private void next(ChannelHandlerContext context) {
    while (steps.hasNext()) {
      MessageStep next = steps.next();
      begun = begin(next);
      step = next;
      number++;
      passedOver = 0;
      if (next.send() != null) {
        send(context, next.send());
      }
      if (done.isDone()) {
        return; // It could not be sent.
      }
      if (next.expect() != null) {
        Duration timeout = next.expect().timeout();
        attempt.limit(
            timeout == null ? Long.MAX_VALUE : timeout.toNanos(), FailureReason.MESSAGE_TIMEOUT);
        return;
      }
    }
    context.pipeline().remove(HandlerNames.FRAGMENTS);
    context.pipeline().remove(this);
    done.trySuccess(null);
  }

  private Departure begin(MessageStep next) {
    Stopwatch stopwatch = attempt.stopwatch();
    if (next.send() == null) {
      return stopwatch.listen();
    }
    return step == null ? stopwatch.depart() : stopwatch.departAgain();
  }

  /** What groups have found may make it too long. */
  private void send(ChannelHandlerContext context, MessagePayload payload) {
    WebSocketFrame frame = conversation.toSend(payload);
    if (frame == null) {
      fail(Mismatch.TOO_LONG_TO_SEND);
    } else {
      Step.failIfNotSent(context.writeAndFlush(frame), done);
    }
  }

  private void messageReceived(ChannelHandlerContext context, WebSocketFrame message) {
    MessageStep current = requireNonNull(step);
    Expectation expected = requireNonNull(current.expect());
    mismatch = conversation.take(expected, message);
    if (mismatch == null) {
      arrived(current);
      next(context);
    } else if (expected.skipUnmatched() && mismatch != Mismatch.TOO_MUCH) {
      passedOver++;
    } else {
      fail(mismatch);
    }
  }

  private void arrived(MessageStep over) {
    long nanos = attempt.stopwatch().arrived(requireNonNull(begun));
    if (over.name() != null) {
      stepNanos.put(over.name(), nanos);
    }
  }

  private void fail(Mismatch what) {
    mismatch = what;
    done.tryFailure(new ProbeFailure(FailureReason.MESSAGE_MISMATCH));
  }

  private MessageFacts facts() {
    String name = requireNonNull(step).name();
    return new MessageFacts(
        name == null ? String.valueOf(number) : number + " (" + name + ")",
        passedOver,
        mismatch,
        stepNanos,
        conversation.values());
  }
}
