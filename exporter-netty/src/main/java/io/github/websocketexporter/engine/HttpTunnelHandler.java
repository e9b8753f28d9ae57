package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.ProxySettings.Credentials;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Promise;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Has an HTTP proxy open a tunnel, by CONNECT (RFC 9110, section 9.3.6). Interim answers are passed
 * over; any answer of class 2xx opens the tunnel, right behind its header and whatever that says of
 * a body; of every other answer the status is enough.
 */
final class HttpTunnelHandler extends TunnelHandler {
  private static final HttpDecoderConfig LIMITS =
      new HttpDecoderConfig().setMaxInitialLineLength(4_096).setMaxHeaderSize(16_384);

  private final String authority;
  private final @Nullable Credentials credentials;
  private final String userAgent;
  private boolean accepted;

  /**
   * A handler for one connection.
   *
   * @param credentials for the proxy, if it wants any
   */
  HttpTunnelHandler(
      ProbeAttempt attempt,
      Promise<Void> done,
      @Nullable Credentials credentials,
      String userAgent) {
    super(attempt, done);
    this.authority = attempt.target().authority();
    this.credentials = credentials;
    this.userAgent = userAgent;
  }

  @Override
  void begin(ChannelHandlerContext context) {
    context
        .pipeline()
        .addBefore(HandlerNames.PROXY, HandlerNames.PROXY_DECODER, new HeaderDecoder());
    ByteBuf request = context.alloc().ioBuffer();
    ByteBufUtil.writeUtf8(request, request());
    send(context, request);
  }

  private String request() {
    StringBuilder request = new StringBuilder("CONNECT ").append(authority).append(" HTTP/1.1\r\n");
    request.append("host: ").append(authority).append("\r\n");
    request.append("user-agent: ").append(userAgent).append("\r\n");
    if (credentials != null) {
      request.append("proxy-authorization: ").append(basic(credentials)).append("\r\n");
    }
    return request.append("\r\n").toString();
  }

  private static String basic(Credentials credentials) {
    String plain = credentials.username().reveal() + ":" + credentials.password().reveal();
    return "Basic " + Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  void answered(ChannelHandlerContext context, Object answer) throws ProbeFailure {
    Throwable malformed = ((HttpObject) answer).decoderResult().cause();
    if (malformed != null) {
      throw new ProbeFailure(
          malformed instanceof PrematureChannelClosureException
              ? FailureReason.CLOSED_BY_PEER
              : FailureReason.PROXY_FAILURE);
    }
    if (answer instanceof HttpResponse head) {
      accepted = isAcceptance(head.status());
    }
    if (answer instanceof LastHttpContent && accepted) {
      open(context);
    }
  }

  private static boolean isAcceptance(HttpResponseStatus status) throws ProbeFailure {
    boolean interim =
        status.codeClass() == HttpStatusClass.INFORMATIONAL
            && !status.equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
    if (interim || status.codeClass() == HttpStatusClass.SUCCESS) {
      return !interim;
    }
    throw ProbeFailure.byProxy(
        wantsCredentials(status) ? FailureReason.PROXY_AUTHENTICATION : FailureReason.PROXY_REFUSED,
        status.code());
  }

  /** 407 it should be (RFC 9110, section 11.7.1); tinyproxy says 401 to a wrong password. */
  private static boolean wantsCredentials(HttpResponseStatus status) {
    return status.equals(HttpResponseStatus.PROXY_AUTHENTICATION_REQUIRED)
        || status.equals(HttpResponseStatus.UNAUTHORIZED);
  }

  /** Decodes header after header: no answer to CONNECT that matters has a body. */
  private static final class HeaderDecoder extends ResponseDecoder {
    HeaderDecoder() {
      super(LIMITS);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
      return true;
    }
  }
}
