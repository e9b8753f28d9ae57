package io.github.websocketexporter.testing;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import java.net.InetSocketAddress;
import java.util.function.Supplier;

/**
 * A server for many connections at once, all on one event loop of its own, with the words that
 * their handlers are made of.
 */
public final class LoopServer implements AutoCloseable {
  private static final int MAX_REQUEST = 8_192;

  private final EventLoopGroup loops;
  private final int port;

  private LoopServer(EventLoopGroup loops, int port) {
    this.loops = loops;
    this.port = port;
  }

  /**
   * Listens on each of {@code hosts}, on the same free port.
   *
   * @param backlog how many connections may wait to be accepted
   * @param visitors makes the handler of a connection, which is given whole requests of HTTP and,
   *     after {@link #upgrade}, frames
   */
  public static LoopServer start(
      int backlog, Supplier<? extends ChannelHandler> visitors, String... hosts) {
    Transport transport = Transport.select(TransportKind.AUTO, ClockKind.AUTO);
    EventLoopGroup loops = transport.newEventLoops(1);
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(transport.serverChannels())
            .option(ChannelOption.SO_BACKLOG, backlog)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(MAX_REQUEST),
                            visitors.get());
                  }
                });
    int port = 0;
    for (String host : hosts) {
      Channel listener = bootstrap.bind(host, port).syncUninterruptibly().channel();
      port = ((InetSocketAddress) listener.localAddress()).getPort();
    }
    return new LoopServer(loops, port);
  }

  public int port() {
    return port;
  }

  /** Answers a request with a valid 101. */
  public static void upgrade(ChannelHandlerContext context, FullHttpRequest request) {
    WebSocketServerHandshaker handshaker =
        requireNonNull(
            new WebSocketServerHandshakerFactory(null, null, false).newHandshaker(request));
    handshaker.handshake(context.channel(), request);
  }

  /** Answers a request with another status. */
  public static void refuse(ChannelHandlerContext context, HttpResponseStatus status) {
    FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
    context.writeAndFlush(response);
  }

  /** Sends a PONG with a payload of 8 bytes. */
  public static void pong(ChannelHandlerContext context, long payload) {
    context.writeAndFlush(new PongWebSocketFrame(Unpooled.copyLong(payload)));
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
  }
}
