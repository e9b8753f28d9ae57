package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.UpgradeSettings;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.UpgradeFacts;
import io.github.websocketexporter.transport.Departure;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.util.concurrent.Promise;
import org.jspecify.annotations.Nullable;

/**
 * Reads the answer to the upgrade request. Interim answers (RFC 9110, section 15.2) are passed
 * over; of any other answer than a 101 the status is enough, and is a success where the module
 * wants that refusal. Removes itself when the 101 is verified, and leaves in its place what reads
 * and closes a WebSocket.
 */
final class UpgradeHandler extends SimpleChannelInboundHandler<HttpObject> {
  private final ProbeAttempt attempt;
  private final ProbeHandshaker handshaker;
  private final Departure sent;
  private final Promise<Void> done;
  private @Nullable HttpResponse response;

  /**
   * A handler for the answer to one request.
   *
   * @param handshaker made the request
   * @param sent when the request is handed to the socket
   */
  UpgradeHandler(
      ProbeAttempt attempt, ProbeHandshaker handshaker, Departure sent, Promise<Void> done) {
    this.attempt = attempt;
    this.handshaker = handshaker;
    this.sent = sent;
    this.done = done;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (done.isDone()) {
      return;
    }
    if (message.decoderResult().isFailure()) {
      fail(malformed(message.decoderResult().cause()));
      return;
    }
    if (message instanceof HttpResponse head) {
      headReceived(head);
    }
    if (message instanceof LastHttpContent && response != null) {
      verify(context, response);
    }
  }

  private void headReceived(HttpResponse head) {
    if (head.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      attempt.answered(facts(head));
      // Not left to the handshaker, which takes HTTP/1.0 and the first of several: without one,
      // Netty takes the answer for a 101 of Hixie 76 and waits for its body.
      if (head.protocolVersion().equals(HttpVersion.HTTP_1_1)
          && head.headers().getAll(HttpHeaderNames.UPGRADE).size() == 1
          && head.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT).size() == 1) {
        response = head;
      } else {
        fail(FailureReason.UPGRADE_MALFORMED);
      }
    } else if (head.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
      attempt.answered(facts(head));
      if (head.status().code() == settings().expectedStatus()) {
        attempt.stopwatch().arrived(sent);
        done.trySuccess(null);
      } else {
        fail(FailureReason.UPGRADE_STATUS);
      }
    }
  }

  private UpgradeSettings settings() {
    return attempt.request().module().upgrade();
  }

  private static UpgradeFacts facts(HttpResponse head) {
    return new UpgradeFacts(
        head.status().code(),
        head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL),
        head.headers().get(HttpHeaderNames.SEC_WEBSOCKET_EXTENSIONS));
  }

  private void verify(ChannelHandlerContext context, HttpResponse head) {
    try {
      handshaker.finish(context.channel(), head);
    } catch (ProbeFailure e) {
      done.tryFailure(e);
      return;
    }
    context
        .pipeline()
        .addBefore(HandlerNames.UPGRADE, HandlerNames.UTF8, new Utf8FrameValidator(false))
        .addBefore(HandlerNames.UPGRADE, HandlerNames.CLOSE, new CloseHandler(attempt.closings()))
        .addBefore(HandlerNames.UPGRADE, HandlerNames.PONG, new PongHandler())
        .remove(this);
    attempt.stopwatch().arrived(sent);
    attempt.upgraded();
    if (settings().expectsRefusal()) {
      fail(FailureReason.EXPECTED_FAILURE_MISSING);
    } else {
      done.trySuccess(null);
    }
  }

  private static FailureReason malformed(Throwable cause) {
    if (cause instanceof PrematureChannelClosureException) {
      return FailureReason.CLOSED_BY_PEER;
    }
    return cause instanceof TooLongFrameException
        ? FailureReason.UPGRADE_TOO_LARGE
        : FailureReason.UPGRADE_MALFORMED;
  }

  private void fail(FailureReason reason) {
    done.tryFailure(new ProbeFailure(reason));
  }
}
