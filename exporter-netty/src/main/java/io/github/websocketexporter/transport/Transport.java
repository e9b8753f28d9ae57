package io.github.websocketexporter.transport;

import io.github.websocketexporter.config.TransportKind;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
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

/**
 * What carries every connection: an I/O handler for the event loops, and the channels that fit it.
 *
 * @param name {@code epoll} or {@code nio}
 * @param ioHandlers makes the I/O handler of an event loop
 * @param clientChannels makes the channels of probes
 * @param serverChannels makes the channels that listen
 * @param datagramChannels makes the channels of DNS queries
 */
public record Transport(
    String name,
    IoHandlerFactory ioHandlers,
    ChannelFactory<? extends SocketChannel> clientChannels,
    ChannelFactory<? extends ServerSocketChannel> serverChannels,
    ChannelFactory<? extends DatagramChannel> datagramChannels) {

  /**
   * Chooses the transport that {@code kind} asks for.
   *
   * @throws UnsupportedOperationException if this machine does not have it
   */
  public static Transport select(TransportKind kind) {
    return switch (kind) {
      case NIO -> nio();
      case AUTO -> Epoll.isAvailable() ? epoll() : nio();
      case EPOLL -> {
        if (!Epoll.isAvailable()) {
          throw new UnsupportedOperationException(
              "epoll is not available here: " + Epoll.unavailabilityCause().getMessage());
        }
        yield epoll();
      }
    };
  }

  /** Starts {@code count} event loops, each with a thread of its own that keeps the JVM alive. */
  public EventLoopGroup newEventLoops(int count) {
    return new MultiThreadIoEventLoopGroup(
        count, new DefaultThreadFactory("event-loop"), ioHandlers);
  }

  private static Transport epoll() {
    return new Transport(
        "epoll",
        EpollIoHandler.newFactory(),
        EpollSocketChannel::new,
        EpollServerSocketChannel::new,
        EpollDatagramChannel::new);
  }

  private static Transport nio() {
    return new Transport(
        "nio",
        NioIoHandler.newFactory(),
        NioSocketChannel::new,
        NioServerSocketChannel::new,
        NioDatagramChannel::new);
  }
}
