package io.github.websocketexporter.benchmarks.fanout;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.transport.KernelClock;
import io.github.websocketexporter.transport.Transport;
import io.github.websocketexporter.transport.ZeroCopyReceive;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The program that is probed: a WebSocket server on one event loop that answers every PING after a
 * fixed delay and writes down what it saw as {@link Truth}. It says on standard output which port
 * it took, on {@value #ADDRESSES} addresses from 127.0.0.1, and ends when its standard input does,
 * so that it never outlives whoever started it.
 */
public final class Target {
  /** More than one, for an exporter that leaves its ports in TIME_WAIT. */
  static final int ADDRESSES = 4;

  /** What the line with the port begins with. */
  static final String PORT = "port ";

  private static final int BACKLOG = 65_535;

  private final Transport transport = Transport.select(TransportKind.AUTO, ClockKind.LOOP);
  private final EventLoop loop = new MultiThreadIoEventLoopGroup(1, transport.ioHandlers()).next();
  private final boolean stamped = KernelClock.whyNot() == null;
  private final ZeroCopyReceive kernel = new ZeroCopyReceive();
  private final Truth truth;
  private final DelayedPongs pongs;
  private final @Nullable SslContext tls;

  private Target(Truth truth, Duration delay, @Nullable SslContext tls) {
    this.truth = truth;
    this.pongs = new DelayedPongs(loop, delay.toNanos());
    this.tls = tls;
  }

  /**
   * Runs it: {@code TRUTH-FILE DELAY [CHAIN.pem KEY.pem]}, the delay as {@link Duration#parse}
   * reads it.
   */
  public static void main(String[] arguments) throws IOException {
    SslContext tls =
        arguments.length < 4 ? null : tls(new File(arguments[2]), new File(arguments[3]));
    Target target = new Target(Truth.map(Path.of(arguments[0])), Duration.parse(arguments[1]), tls);
    int port = target.listen();
    System.out.println(PORT + port);
    System.in.transferTo(java.io.OutputStream.nullOutputStream());
    System.exit(0);
  }

  private static SslContext tls(File chain, File key) throws IOException {
    return SslContextBuilder.forServer(chain, key)
        .sslProvider(OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK)
        .build();
  }

  private int listen() {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channelFactory(transport.serverChannels())
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new ServerChannelRecvByteBufAllocator()
                    .respectMaybeMoreData(false)
                    .maxMessagesPerRead(64))
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accepted(channel);
                  }
                });
    if (stamped) {
      bootstrap.option(KernelClock.TIMESTAMPS, 1); // Accepted sockets have it too.
    }
    int port = 0;
    for (int i = 1; i <= ADDRESSES; i++) {
      Channel server = bootstrap.bind("127.0.0." + i, port).syncUninterruptibly().channel();
      port = ((InetSocketAddress) server.localAddress()).getPort();
    }
    return port;
  }

  private void accepted(SocketChannel channel) {
    StampedReads reads = null;
    if (stamped && channel instanceof EpollSocketChannel epoll) {
      reads = new StampedReads((Socket) epoll.fd(), kernel);
      channel.config().setRecvByteBufAllocator(reads);
    }
    FlushStamp stamp = new FlushStamp(truth);
    channel.pipeline().addLast(stamp);
    if (tls != null) {
      channel.pipeline().addLast(tls.newHandler(channel.alloc()));
    }
    channel.pipeline().addLast(new TargetConnection(stamp, reads, pongs));
  }
}
