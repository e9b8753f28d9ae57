package io.github.websocketexporter.hardening;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Servers that get stuck at one phase of a probe, each kind on a port of its own, all on one event
 * loop.
 */
final class FaultyTargets implements AutoCloseable {
  private static final int BACKLOG = 4_096;
  private static final int NEAR_THE_DEADLINE_MILLIS = 200;

  /** What a server does with what comes first: the request, or whatever comes before that. */
  enum First {
    /** Nothing. */
    SILENCE,
    /** An answer of a byte a second. */
    DRIP,
    /** Resets the connection. */
    RESET,
    /** Upgrades. */
    UPGRADE,
    /** The same, at about the time when the exporter gives up. */
    UPGRADE_LATE
  }

  /** What it does with what comes behind an upgrade. */
  enum Then {
    SILENCE,
    DRIP,
    RESET,
    /** Answers each PING and each message. */
    ANSWER,
    ANSWER_LATE
  }

  /** A kind of server. */
  enum Kind {
    SILENT(First.SILENCE, Then.SILENCE),
    DRIPPING(First.DRIP, Then.SILENCE),
    RESETTING(First.RESET, Then.SILENCE),
    UPGRADING_LATE(First.UPGRADE_LATE, Then.ANSWER),
    MUTE(First.UPGRADE, Then.SILENCE),
    DRIPPING_FRAMES(First.UPGRADE, Then.DRIP),
    RESETTING_A_WEBSOCKET(First.UPGRADE, Then.RESET),
    ANSWERING_LATE(First.UPGRADE, Then.ANSWER_LATE),
    /** Nothing is wrong with these: with the network, it is. */
    HALF_OPEN(First.UPGRADE, Then.ANSWER),
    HALF_OPEN_WEBSOCKET(First.UPGRADE, Then.ANSWER),
    LOST(First.UPGRADE, Then.ANSWER),
    LOSSY(First.UPGRADE, Then.ANSWER),
    LOSSY_TLS(First.UPGRADE, Then.ANSWER);

    private final First first;
    private final Then then;

    Kind(First first, Then then) {
      this.first = first;
      this.then = then;
    }
  }

  private final EventLoopGroup loops;
  private final Map<Kind, Integer> ports = new EnumMap<>(Kind.class);
  private final long timeoutMillis;

  /**
   * Starts them.
   *
   * @param timeoutMillis after which a probe gives up
   */
  FaultyTargets(SslContext tls, long timeoutMillis) {
    this.timeoutMillis = timeoutMillis;
    Transport transport = Transport.select(TransportKind.AUTO, ClockKind.AUTO);
    loops = transport.newEventLoops(1);
    for (Kind kind : Kind.values()) {
      Channel listener =
          new ServerBootstrap()
              .group(loops)
              .channelFactory(transport.serverChannels())
              .option(ChannelOption.SO_BACKLOG, BACKLOG)
              .childHandler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                      if (kind == Kind.LOSSY_TLS) {
                        channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                      }
                      channel.pipeline().addLast(new Visit(kind));
                    }
                  })
              .bind(InetAddress.getLoopbackAddress(), 0)
              .syncUninterruptibly()
              .channel();
      ports.put(kind, ((InetSocketAddress) listener.localAddress()).getPort());
    }
  }

  int port(Kind kind) {
    return requireNonNull(ports.get(kind));
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
  }

  /** One connection. */
  private final class Visit extends SimpleChannelInboundHandler<ByteBuf> {
    private final Kind kind;
    private boolean upgraded;

    Visit(Kind kind) {
      this.kind = kind;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      if (upgraded) {
        then(context, bytes);
      } else {
        first(context, bytes);
      }
    }

    private void first(ChannelHandlerContext context, ByteBuf request) {
      switch (kind.first) {
        case SILENCE -> {}
        case DRIP -> drip(context, Unpooled.copiedBuffer("HTTP/1.1 ", ISO_8859_1));
        case RESET -> reset(context);
        case UPGRADE, UPGRADE_LATE -> {
          String text = request.toString(ISO_8859_1);
          upgraded = true;
          send(
              context,
              """
              HTTP/1.1 101 Switching Protocols\r
              Upgrade: websocket\r
              Connection: Upgrade\r
              Sec-WebSocket-Accept: %s\r
              \r
              """
                  .formatted(
                      Peer.acceptValue(
                          text.replaceAll("(?is).*Sec-WebSocket-Key: *([^\r]*)\r.*", "$1")))
                  .getBytes(ISO_8859_1),
              kind.first == First.UPGRADE_LATE);
        }
      }
    }

    /** A PING, or a message of the exporter's, each of 8 bytes, comes in one piece. */
    private void then(ChannelHandlerContext context, ByteBuf frame) {
      int opcode = frame.getByte(0) & 0xf;
      if (opcode == Peer.CLOSE) {
        context.close();
        return;
      }
      switch (kind.then) {
        case SILENCE -> {}
        case DRIP -> drip(context, Unpooled.wrappedBuffer(Peer.frame(Peer.PONG, new byte[100])));
        case RESET -> reset(context);
        case ANSWER, ANSWER_LATE -> {
          byte[] payload = new byte[frame.getByte(1) & 0x7f];
          for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (frame.getByte(6 + i) ^ frame.getByte(2 + i % 4));
          }
          send(
              context,
              Peer.frame(opcode == Peer.PING ? Peer.PONG : opcode, payload),
              kind.then == Then.ANSWER_LATE);
        }
      }
    }

    private void send(ChannelHandlerContext context, byte[] bytes, boolean late) {
      long wait =
          late
              ? timeoutMillis - ThreadLocalRandom.current().nextInt(-2, NEAR_THE_DEADLINE_MILLIS)
              : 0;
      context
          .executor()
          .schedule(
              () -> context.writeAndFlush(Unpooled.wrappedBuffer(bytes)),
              wait,
              TimeUnit.MILLISECONDS);
    }

    private void drip(ChannelHandlerContext context, ByteBuf bytes) {
      if (context.channel().isActive() && bytes.isReadable()) {
        context.writeAndFlush(bytes.readRetainedSlice(1));
        context.executor().schedule(() -> drip(context, bytes), 1, TimeUnit.SECONDS);
      }
    }

    private void reset(ChannelHandlerContext context) {
      context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      context.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
