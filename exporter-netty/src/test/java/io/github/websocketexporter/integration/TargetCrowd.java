package io.github.websocketexporter.integration;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Targets by the thousand, on an event loop of their own. Each has a loopback address of its own,
 * so that the answer to a probe says by the hash of the address whose it is, and a path that goes
 * with that address and no other.
 */
public final class TargetCrowd implements AutoCloseable {
  /**
   * Buffers in which no leak is looked for: at the level that the tests run at, the search takes
   * many times what all else here does.
   */
  static final ByteBufAllocator UNTRACKED = new UnpooledByteBufAllocator(false, true);

  private static final int MAX_REQUEST = 8_192;

  /** Of few targets there may be many probes. */
  private static final int LEAST_BACKLOG = 1_024;

  private static final int HOSTS_PER_NET = 250;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final @Nullable SslContext tls;
  private final AtomicIntegerArray visits;
  private final Channel listener;
  private final List<Runnable> held = new ArrayList<>();
  private volatile int holding;
  private volatile boolean hold;
  private volatile BiConsumer<Integer, HttpHeaders> onVisit = (number, headers) -> {};

  /** So many targets; the highest has the number {@code targets - 1}. */
  public TargetCrowd(int targets) {
    this(targets, null);
  }

  /** The same over TLS, with the certificate of {@code tls}; null for none. */
  public TargetCrowd(int targets, @Nullable SslContext tls) {
    this.tls = tls;
    visits = new AtomicIntegerArray(targets);
    WebSocketServerProtocolConfig everyPath =
        WebSocketServerProtocolConfig.newBuilder()
            .websocketPath("/")
            .checkStartsWith(true)
            .handshakeTimeoutMillis(60_000)
            .build();
    listener =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, Math.max(targets, LEAST_BACKLOG))
            .childOption(ChannelOption.ALLOCATOR, UNTRACKED)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    if (tls != null) {
                      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                    }
                    channel
                        .pipeline()
                        .addLast(
                            new HttpServerCodec(),
                            new HttpObjectAggregator(MAX_REQUEST),
                            new Visit(),
                            new WebSocketServerProtocolHandler(everyPath));
                  }
                })
            .bind(0)
            .syncUninterruptibly()
            .channel();
  }

  /** The path and query by which an exporter is asked to probe target {@code number}. */
  public String probe(int number) {
    return "/probe?target=" + ExporterProcess.percentEncoded(url(number));
  }

  /** The URL of target {@code number}. */
  public String url(int number) {
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    String scheme = tls == null ? "ws" : "wss";
    return scheme + "://" + host(number) + ":" + port + "/" + number;
  }

  /** The address of target {@code number}. */
  public static String host(int number) {
    return address(number).getHostAddress();
  }

  /** Tells {@code visited}, on the event loop, which target is asked to upgrade, and with what. */
  public void onVisit(BiConsumer<Integer, HttpHeaders> visited) {
    onVisit = visited;
  }

  /** The value of {@code probe_ip_addr_hash} that is this target's: FNV-1a, 32 bits. */
  public static double addressHash(int number) {
    int hash = 0x811c9dc5;
    for (byte part : address(number).getAddress()) {
      hash = (hash ^ (part & 0xff)) * 0x01000193;
    }
    return Integer.toUnsignedLong(hash);
  }

  /** How many probes have come to target {@code number}. */
  public int visits(int number) {
    return visits.get(number);
  }

  /** Answers no PING from now on. */
  public void hold() {
    hold = true;
  }

  /** How many PINGs wait for their PONG. */
  public int holding() {
    return holding;
  }

  /** Answers the PINGs that wait, and each that comes. */
  public void release() {
    hold = false;
    loops
        .next()
        .submit(
            () -> {
              held.forEach(Runnable::run);
              held.clear();
              holding = 0;
            })
        .syncUninterruptibly();
  }

  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
  }

  private static InetAddress address(int number) {
    byte net = (byte) (number / HOSTS_PER_NET);
    byte host = (byte) (number % HOSTS_PER_NET + 1);
    try {
      return InetAddress.getByAddress(new byte[] {127, 1, net, host});
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** One connection. All are on one loop, which alone changes what the crowd holds. */
  private final class Visit extends ChannelInboundHandlerAdapter {
    private int number;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      if (message instanceof FullHttpRequest request) {
        number = Integer.parseInt(request.uri().substring(1));
        InetSocketAddress here = (InetSocketAddress) context.channel().localAddress();
        if (!here.getAddress().equals(address(number))) {
          ReferenceCountUtil.release(message);
          context.close();
          return;
        }
        visits.incrementAndGet(number);
        onVisit.accept(number, request.headers());
      } else if (message instanceof PingWebSocketFrame && hold) {
        held.add(() -> context.fireChannelRead(message));
        holding = held.size();
        return;
      }
      context.fireChannelRead(message);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
