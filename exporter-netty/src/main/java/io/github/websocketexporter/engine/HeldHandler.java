package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.ContinuousSettings;
import io.github.websocketexporter.module.Expectation;
import io.github.websocketexporter.module.MessageStep;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Mismatch;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.transport.Departure;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The last handler of a connection that is held, in the place of {@link ProbeGuard}: sends its
 * beats, finds their answers, and hears of its end.
 */
final class HeldHandler extends SimpleChannelInboundHandler<WebSocketFrame>
    implements HeldConnection {
  private final Channel channel;
  private final Stopwatch stopwatch;
  private final Holder holder;
  private final Duration interval;
  private final int payloadBytes;
  private final @Nullable MessageStep heartbeat;
  private final @Nullable Conversation conversation;
  private long newest;
  private boolean awaited;
  private boolean over;

  private HeldHandler(ProbeAttempt attempt, ContinuousSettings settings, Holder holder) {
    ProbeModule module = attempt.request().module();
    channel = attempt.channel();
    stopwatch = attempt.stopwatch();
    this.holder = holder;
    interval = module.ping().interval();
    payloadBytes = module.ping().payloadBytes();
    heartbeat = settings.heartbeat();
    conversation = heartbeat == null ? null : attempt.conversation();
  }

  /** Takes over the connection that {@code attempt} has opened and lets go. */
  static HeldConnection over(ProbeAttempt attempt, ContinuousSettings settings, Holder holder) {
    HeldHandler handler = new HeldHandler(attempt, settings, holder);
    attempt.channel().pipeline().replace(HandlerNames.GUARD, HandlerNames.GUARD, handler);
    if (settings.heartbeat() != null) {
      MessagesStep.joinFragments(attempt.channel().pipeline());
    }
    return handler;
  }

  @Override
  public Departure beat(long number) {
    newest = number;
    Departure departure = stopwatch.departAgain();
    WebSocketFrame frame = frame(number);
    if (frame == null) {
      endSoon(new ProbeFailure(FailureReason.MESSAGE_MISMATCH));
      return departure;
    }
    awaited = true;
    channel
        .writeAndFlush(frame)
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                endSoon(sent.cause());
              }
            });
    return departure;
  }

  /** Not at once: the holder is to have the departure before it hears of the end. */
  private void endSoon(Throwable cause) {
    channel.eventLoop().execute(() -> end(cause));
  }

  private @Nullable WebSocketFrame frame(long number) {
    if (heartbeat == null) {
      return new PingWebSocketFrame(PingPayload.of(channel.alloc(), number, payloadBytes));
    }
    Conversation said = requireNonNull(conversation);
    said.allow(interval);
    return said.toSend(requireNonNull(heartbeat.send()));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
    if (over) {
      return;
    }
    if (frame instanceof PongWebSocketFrame) {
      pongReceived(frame.content());
    } else if (awaited && isMessage(frame)) {
      messageReceived(frame);
    }
  }

  private void pongReceived(ByteBuf payload) {
    if (heartbeat == null && PingPayload.isOurs(payload, payloadBytes)) {
      holder.answered(PingPayload.numberOf(payload));
    } else {
      holder.unmatched();
    }
  }

  private static boolean isMessage(WebSocketFrame frame) {
    return frame instanceof TextWebSocketFrame || frame instanceof BinaryWebSocketFrame;
  }

  private void messageReceived(WebSocketFrame message) {
    if (heartbeat == null) {
      return;
    }
    Expectation expected = requireNonNull(heartbeat.expect());
    Mismatch mismatch = requireNonNull(conversation).take(expected, message);
    if (mismatch == null) {
      awaited = false;
      holder.answered(newest);
    } else if (mismatch == Mismatch.TOO_MUCH) {
      end(new ProbeFailure(FailureReason.MESSAGE_MISMATCH));
    }
  }

  @Override
  public RoundTrip roundTrip(Departure sent) {
    return stopwatch.roundTrip(channel, sent);
  }

  @Override
  public void rest() {
    stopwatch.timer().rest();
  }

  @Override
  public @Nullable TcpFacts tcpFacts() {
    return stopwatch.timer().tcpFacts(channel);
  }

  @Override
  public Future<Void> close(int code) {
    over = true;
    CloseHandler.end(channel, code);
    return channel.closeFuture();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    end(cause);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    end(new ProbeFailure(FailureReason.CLOSED_BY_PEER));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslCloseCompletionEvent) {
      end(new ProbeFailure(FailureReason.CLOSED_BY_PEER));
    }
  }

  private void end(Throwable cause) {
    if (over) {
      return;
    }
    over = true;
    try {
      holder.ended(
          FailureClassifier.failureOf(Phase.PING, cause, false),
          cause instanceof ProbeFailure known ? known.closeCode() : "");
    } finally {
      CloseHandler.end(channel, true);
    }
  }
}
