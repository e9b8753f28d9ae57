package io.github.websocketexporter.transport;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.DefaultSelectStrategyFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.time.Duration;

/**
 * What carries every connection: an I/O handler for the event loops, and the channels that fit it.
 *
 * @param name {@code epoll} or {@code nio}
 * @param ioHandlers makes the I/O handler of an event loop
 * @param readyBatch how many ready sockets one wait of such a handler can report at most
 * @param probeChannels makes the channels of probes
 * @param socketChannels makes the channels of other connections that are opened here
 * @param serverChannels makes the channels that listen
 * @param datagramChannels makes the channels of DNS queries
 * @param arrivals the clocks that stamp what arrives at the channels of probes
 */
public record Transport(
    String name,
    IoHandlerFactory ioHandlers,
    int readyBatch,
    ProbeChannels probeChannels,
    ChannelFactory<? extends SocketChannel> socketChannels,
    ChannelFactory<? extends ServerSocketChannel> serverChannels,
    ChannelFactory<? extends DatagramChannel> datagramChannels,
    Arrivals arrivals) {
  /** An epoll loop takes two of its events for itself: its wake-up and its timer. */
  private static final int EPOLL_EVENTS = 4_096;

  private static final int EPOLL_OWN_EVENTS = 2;

  /** Makes the channels of probes. Called on the event loop that the channel is for. */
  @FunctionalInterface
  public interface ProbeChannels {
    /**
     * A channel that is not registered yet: without Nagle's delay, and without a limit of time to
     * connect.
     *
     * @param loop one that {@link Transport#newEventLoops} made
     * @param peer what it will be connected to
     * @throws io.netty.channel.ChannelException if the system has no socket for it
     */
    Channel newChannel(EventLoop loop, InetAddress peer);
  }

  /**
   * Chooses the transport that {@code kind} asks for, and the clock that {@code clock} asks for.
   *
   * @throws UnsupportedOperationException if this machine does not have them
   */
  public static Transport select(TransportKind kind, ClockKind clock) {
    return switch (kind) {
      case NIO -> nio(clock);
      case AUTO -> Epoll.isAvailable() ? epoll(clock) : nio(clock);
      case EPOLL -> {
        if (!Epoll.isAvailable()) {
          throw new UnsupportedOperationException(
              "epoll is not available here: " + Epoll.unavailabilityCause().getMessage());
        }
        yield epoll(clock);
      }
    };
  }

  /** Starts {@code count} event loops, each with a thread of its own that keeps the JVM alive. */
  public EventLoopGroup newEventLoops(int count) {
    return new MultiThreadIoEventLoopGroup(
        count, new DefaultThreadFactory("event-loop"), arrivals.watched(ioHandlers, readyBatch));
  }

  /**
   * Breaks the connections that {@code server} accepts when their peer takes nothing of what was
   * sent for {@code limit}. What is sent has long left here, and waits in the system: only of epoll
   * can Netty ask that (TCP_USER_TIMEOUT, RFC 5482).
   */
  public void limitUntaken(ServerBootstrap server, Duration limit) {
    if (name.equals("epoll")) {
      int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, limit.toMillis()));
      server.childOption(EpollChannelOption.TCP_USER_TIMEOUT, millis);
    }
  }

  private static Transport epoll(ClockKind clock) {
    Arrivals arrivals = Arrivals.select(clock, TransportKind.EPOLL);
    return new Transport(
        "epoll",
        EpollIoHandler.newFactory(EPOLL_EVENTS, DefaultSelectStrategyFactory.INSTANCE),
        EPOLL_EVENTS - EPOLL_OWN_EVENTS,
        arrivals::newChannel,
        EpollSocketChannel::new,
        EpollServerSocketChannel::new,
        EpollDatagramChannel::new,
        arrivals);
  }

  private static Transport nio(ClockKind clock) {
    return new Transport(
        "nio",
        NioIoHandler.newFactory(),
        Integer.MAX_VALUE,
        (loop, peer) -> nioChannel(),
        NioSocketChannel::new,
        NioServerSocketChannel::new,
        NioDatagramChannel::new,
        Arrivals.select(clock, TransportKind.NIO));
  }

  private static Channel nioChannel() {
    NioSocketChannel channel = new NioSocketChannel();
    channel.config().setTcpNoDelay(true).setConnectTimeoutMillis(0);
    return channel;
  }
}
