package io.github.websocketexporter.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.websocketexporter.module.ProxySettings.Credentials;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.transport.HandlerNames;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.socksx.v5.DefaultSocks5CommandRequest;
import io.netty.handler.codec.socksx.v5.DefaultSocks5InitialRequest;
import io.netty.handler.codec.socksx.v5.DefaultSocks5PasswordAuthRequest;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5ClientEncoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequest;
import io.netty.handler.codec.socksx.v5.Socks5CommandResponse;
import io.netty.handler.codec.socksx.v5.Socks5CommandResponseDecoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequest;
import io.netty.handler.codec.socksx.v5.Socks5InitialResponse;
import io.netty.handler.codec.socksx.v5.Socks5InitialResponseDecoder;
import io.netty.handler.codec.socksx.v5.Socks5Message;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthResponse;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthResponseDecoder;
import io.netty.handler.codec.socksx.v5.Socks5PasswordAuthStatus;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Has a SOCKS 5 proxy open a tunnel (RFC 1928): offers what authentication there is, does what the
 * proxy chose of it (RFC 1929), and asks for the target by its address, or by its name where no
 * address is known.
 */
final class SocksTunnelHandler extends TunnelHandler {
  private static final Socks5InitialRequest WITHOUT_CREDENTIALS =
      new DefaultSocks5InitialRequest(Socks5AuthMethod.NO_AUTH);
  private static final Socks5InitialRequest WITH_CREDENTIALS =
      new DefaultSocks5InitialRequest(Socks5AuthMethod.NO_AUTH, Socks5AuthMethod.PASSWORD);

  private final Socks5CommandRequest command;
  private final @Nullable Credentials credentials;

  /**
   * A handler for one connection.
   *
   * @param credentials for the proxy, if it wants any
   */
  SocksTunnelHandler(ProbeAttempt attempt, Promise<Void> done, @Nullable Credentials credentials) {
    super(attempt, done);
    this.command = connectTo(attempt);
    this.credentials = credentials;
  }

  private static Socks5CommandRequest connectTo(ProbeAttempt attempt) {
    InetAddress address = attempt.targetAddress();
    int port = attempt.target().port();
    if (address == null) {
      return connectTo(Socks5AddressType.DOMAIN, attempt.target().host(), port);
    }
    return connectTo(
        address instanceof Inet4Address ? Socks5AddressType.IPv4 : Socks5AddressType.IPv6,
        NetUtil.toAddressString(address),
        port);
  }

  private static Socks5CommandRequest connectTo(Socks5AddressType type, String host, int port) {
    return new DefaultSocks5CommandRequest(Socks5CommandType.CONNECT, type, host, port);
  }

  @Override
  void begin(ChannelHandlerContext context) {
    context
        .pipeline()
        .addBefore(HandlerNames.PROXY, HandlerNames.PROXY_ENCODER, Socks5ClientEncoder.DEFAULT)
        .addBefore(
            HandlerNames.PROXY, HandlerNames.PROXY_DECODER, new Socks5InitialResponseDecoder());
    send(context, credentials == null ? WITHOUT_CREDENTIALS : WITH_CREDENTIALS);
  }

  @Override
  void answered(ChannelHandlerContext context, Object answer) throws ProbeFailure {
    if (((Socks5Message) answer).decoderResult().isFailure()) {
      throw new ProbeFailure(FailureReason.PROXY_FAILURE);
    }
    if (answer instanceof Socks5InitialResponse greeting) {
      greeted(context, greeting.authMethod());
    } else if (answer instanceof Socks5PasswordAuthResponse authentication) {
      authenticated(context, authentication.status());
    } else if (answer instanceof Socks5CommandResponse reply) {
      replied(context, reply.status());
    }
  }

  private void greeted(ChannelHandlerContext context, Socks5AuthMethod chosen) throws ProbeFailure {
    if (chosen.equals(Socks5AuthMethod.NO_AUTH)) {
      ask(context, new Socks5CommandResponseDecoder(), command);
    } else if (chosen.equals(Socks5AuthMethod.PASSWORD) && credentials != null) {
      ask(
          context,
          new Socks5PasswordAuthResponseDecoder(),
          new DefaultSocks5PasswordAuthRequest(
              byteByByte(credentials.username().reveal()),
              byteByByte(credentials.password().reveal())));
    } else {
      throw ProbeFailure.byProxy(
          FailureReason.PROXY_AUTHENTICATION, Byte.toUnsignedInt(chosen.byteValue()));
    }
  }

  /** The UTF-8 of {@code text}, a character for each byte: as such they are counted and sent. */
  private static String byteByByte(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  private void authenticated(ChannelHandlerContext context, Socks5PasswordAuthStatus status)
      throws ProbeFailure {
    if (!status.isSuccess()) {
      throw ProbeFailure.byProxy(
          FailureReason.PROXY_AUTHENTICATION, Byte.toUnsignedInt(status.byteValue()));
    }
    ask(context, new Socks5CommandResponseDecoder(), command);
  }

  private void replied(ChannelHandlerContext context, Socks5CommandStatus status)
      throws ProbeFailure {
    if (!status.isSuccess()) {
      throw ProbeFailure.byProxy(
          FailureReason.PROXY_REFUSED, Byte.toUnsignedInt(status.byteValue()));
    }
    context.pipeline().remove(HandlerNames.PROXY_ENCODER);
    open(context);
  }

  private void ask(ChannelHandlerContext context, ChannelHandler decoder, Socks5Message request) {
    context.pipeline().replace(HandlerNames.PROXY_DECODER, HandlerNames.PROXY_DECODER, decoder);
    send(context, request);
  }
}
