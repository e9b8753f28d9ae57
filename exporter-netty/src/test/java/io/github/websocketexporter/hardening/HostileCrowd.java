package io.github.websocketexporter.hardening;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.websocketexporter.testing.Deflated;
import io.github.websocketexporter.testing.Peer;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Servers by the thousand, on an event loop of their own, that send more than anyone can hold. */
final class HostileCrowd implements AutoCloseable {
  private static final String SWITCHING =
      """
      HTTP/1.1 101 Switching Protocols\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Accept: %s\r
      """;
  private static final String DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate\r\n";
  private static final int LARGEST = 65_535;
  private static final int CHUNK = 65_536;
  private static final int BACKLOG = 4_096;
  private static final byte[] NOTHING = {};

  /** What they do. */
  @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to what is sent.
  enum Kind {
    /** Nothing hostile: each PING is answered. */
    HONEST(false, NOTHING, NOTHING, 0),
    /** Frames of the largest size that a probe reads, one behind the other. */
    GIANT_FRAMES(false, NOTHING, Peer.frame(Peer.BINARY, new byte[LARGEST]), 0),
    /** The head of a frame of 2^62 bytes, and its payload. */
    ENDLESS_FRAME(false, head(1L << 62), new byte[CHUNK], 0),
    /** All but the last byte of a frame of the largest size. */
    UNFINISHED_FRAME(false, almost(Peer.frame(Peer.BINARY, new byte[LARGEST])), NOTHING, 0),
    /** Frames of the largest size, a KiB at a time. */
    DRIPPING_FRAMES(false, NOTHING, Peer.frame(Peer.BINARY, new byte[LARGEST]), 1_024),
    /** A message of the largest size in fragments, but for its end. */
    UNFINISHED_MESSAGE(false, fragments(), NOTHING, 0),
    /** Messages of the largest size, compressed a thousand times. */
    BOMBS(true, NOTHING, Peer.frame(true, 4, Peer.BINARY, Deflated.of(new byte[LARGEST])), 0),
    /** One bomb of 60 MiB. */
    GREAT_BOMB(true, NOTHING, Peer.frame(true, 4, Peer.BINARY, Deflated.of(new byte[60 << 20])), 0),
    /** A header that does not end, at full speed. */
    HEADER(false, NOTHING, "X-Many: x\r\n".getBytes(ISO_8859_1), 0),
    /** Almost all of the largest header that a probe reads, and not its end. */
    UNFINISHED_HEADER(false, "X-Many: x\r\n".repeat(1_400).getBytes(ISO_8859_1), NOTHING, 0),
    /** Short messages without end. */
    MESSAGES(false, NOTHING, Peer.frame(Peer.TEXT, "message".getBytes(ISO_8859_1)), 0),
    /** PINGs without end. */
    PINGS(false, NOTHING, Peer.frame(Peer.PING, new byte[125]), 0),
    /** The shortest frames that there are. */
    EMPTY_PINGS(false, NOTHING, Peer.frame(Peer.PING, NOTHING), 0);

    private final boolean compressing;
    private final byte[] first;
    private final ByteBuf rest;
    private final int drip;

    /**
     * How one of them goes on behind the 101.
     *
     * @param first is sent once
     * @param repeated is sent again and again
     * @param drip so many bytes at a time, or 0 for as many as go
     */
    Kind(boolean compressing, byte[] first, byte[] repeated, int drip) {
      this.compressing = compressing;
      this.first = first;
      this.drip = drip;
      int times = repeated.length == 0 ? 0 : Math.max(1, CHUNK / repeated.length);
      ByteBuffer many = ByteBuffer.allocate(times * repeated.length);
      while (many.hasRemaining()) {
        many.put(repeated);
      }
      rest = Unpooled.unreleasableBuffer(Unpooled.directBuffer().writeBytes(many.flip()));
    }

    private boolean endsItsHeader() {
      return this != HEADER && this != UNFINISHED_HEADER;
    }
  }

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final int port;

  // Written by the loop alone.
  private volatile int open;
  private volatile int mostOpen;
  private volatile long sent;

  HostileCrowd(Kind kind) {
    Channel listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(true, true))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Visitor(kind));
                  }
                })
            .bind(InetAddress.getLoopbackAddress(), 0)
            .syncUninterruptibly()
            .channel();
    port = ((InetSocketAddress) listener.localAddress()).getPort();
  }

  String ws(String path) {
    return "ws://127.0.0.1:" + port + path;
  }

  /** How many connections were open at once. */
  int mostOpen() {
    return mostOpen;
  }

  /** How many bytes were sent. */
  long sent() {
    return sent;
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private static byte[] head(long length) {
    return ByteBuffer.allocate(10).putShort((short) 0x827f).putLong(length).array();
  }

  private static byte[] almost(byte[] frame) {
    return Arrays.copyOf(frame, frame.length - 1);
  }

  /** 60,000 bytes of a message in fragments of 100. */
  private static byte[] fragments() {
    ByteBuffer all = ByteBuffer.allocate(600 * 102);
    byte[] some = new byte[100];
    new Random(1).nextBytes(some);
    all.put(Peer.frame(false, 0, Peer.BINARY, some));
    while (all.hasRemaining()) {
      all.put(Peer.frame(false, 0, 0, some));
    }
    return all.array();
  }

  /** One connection. */
  private final class Visitor extends SimpleChannelInboundHandler<ByteBuf> {
    private final Kind kind;
    private final StringBuilder request = new StringBuilder();
    private boolean flooding;
    private int dripped;

    Visitor(Kind kind) {
      this.kind = kind;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Of one thread.
    public void channelActive(ChannelHandlerContext context) {
      open++;
      mostOpen = Math.max(mostOpen, open);
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // Of one thread.
    public void channelInactive(ChannelHandlerContext context) {
      open--;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
      if (flooding) {
        pinged(context, bytes);
        return;
      }
      request.append(bytes.toString(ISO_8859_1));
      if (request.indexOf("\r\n\r\n") > 0) {
        flooding = true;
        answer(context);
      }
    }

    /** A PING of a probe comes in one piece. */
    private void pinged(ChannelHandlerContext context, ByteBuf frame) {
      if (kind == Kind.HONEST && frame.readableBytes() == 14 && frame.getByte(0) == (byte) 0x89) {
        byte[] payload = new byte[8];
        for (int i = 0; i < payload.length; i++) {
          payload[i] = (byte) (frame.getByte(6 + i) ^ frame.getByte(2 + i % 4));
        }
        // Late, so that all are in flight at once.
        context
            .executor()
            .schedule(
                () -> send(context, Unpooled.wrappedBuffer(Peer.frame(Peer.PONG, payload))),
                2,
                TimeUnit.SECONDS);
      } else if (kind == Kind.HONEST) {
        context.close();
      }
    }

    private void answer(ChannelHandlerContext context) {
      String key = request.toString().replaceAll("(?is).*Sec-WebSocket-Key: *([^\r]*)\r.*", "$1");
      String head =
          SWITCHING.formatted(Peer.acceptValue(key))
              + (kind.compressing ? DEFLATE : "")
              + (kind.endsItsHeader() ? "\r\n" : "");
      send(context, Unpooled.copiedBuffer(head, ISO_8859_1));
      send(context, Unpooled.wrappedBuffer(kind.first));
      flood(context);
    }

    private void flood(ChannelHandlerContext context) {
      if (!kind.rest.isReadable()) {
        return;
      }
      if (kind.drip > 0) {
        drip(context);
        return;
      }
      while (context.channel().isWritable() && context.channel().isActive()) {
        send(context, kind.rest.duplicate());
      }
    }

    private void drip(ChannelHandlerContext context) {
      if (context.channel().isActive()) {
        int length = Math.min(kind.drip, kind.rest.readableBytes() - dripped);
        send(context, kind.rest.slice(dripped, length));
        dripped = (dripped + length) % kind.rest.readableBytes();
        context.executor().schedule(() -> drip(context), 50, TimeUnit.MILLISECONDS);
      }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // Of one thread.
    private void send(ChannelHandlerContext context, ByteBuf bytes) {
      sent += bytes.readableBytes();
      context.writeAndFlush(bytes);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      if (flooding && context.channel().isWritable()) {
        // In a task of its own: others have their turn in between.
        context.executor().execute(() -> flood(context));
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
