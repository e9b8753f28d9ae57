package io.github.websocketexporter.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransportTest {
  @Test
  void takesTheBestThatThisMachineHas() {
    assertThat(Transport.select(TransportKind.AUTO, ClockKind.AUTO).name())
        .isEqualTo(Epoll.isAvailable() ? "epoll" : "nio");
  }

  @Test
  void hasNioEverywhere() {
    assertThat(Transport.select(TransportKind.NIO, ClockKind.AUTO).name()).isEqualTo("nio");
  }

  @Test
  void takesEpollWhereItIsAskedFor() {
    assumeThat(Epoll.isAvailable()).isTrue();
    assertThat(Transport.select(TransportKind.EPOLL, ClockKind.AUTO).name()).isEqualTo("epoll");
  }

  @Test
  void saysThatThereIsNoEpoll() {
    assumeThat(Epoll.isAvailable()).isFalse();
    assertThatThrownBy(() -> Transport.select(TransportKind.EPOLL, ClockKind.AUTO))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("epoll is not available here: ");
  }

  @Test
  void startsAsManyLoopsAsAskedFor() {
    EventLoopGroup loops = Transport.select(TransportKind.AUTO, ClockKind.AUTO).newEventLoops(3);
    try {
      Set<EventLoop> distinct = new HashSet<>();
      for (int i = 0; i < 9; i++) {
        distinct.add(loops.next());
      }
      assertThat(distinct).hasSize(3);
    } finally {
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    }
  }

  @ParameterizedTest
  @EnumSource(TransportKind.class)
  void makesChannelsThatFitItsLoops(TransportKind kind) {
    assumeThat(kind != TransportKind.EPOLL || Epoll.isAvailable()).isTrue();
    Transport transport = Transport.select(kind, ClockKind.AUTO);
    EventLoopGroup loops = transport.newEventLoops(1);
    try {
      InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      Channel server =
          new ServerBootstrap()
              .group(loops)
              .channelFactory(transport.serverChannels())
              .childHandler(new ChannelInboundHandlerAdapter())
              .bind(anyPort)
              .syncUninterruptibly()
              .channel();
      Channel client =
          new Bootstrap()
              .group(loops)
              .channelFactory(transport.socketChannels())
              .handler(new ChannelInboundHandlerAdapter())
              .connect(server.localAddress())
              .syncUninterruptibly()
              .channel();
      Channel datagram =
          new Bootstrap()
              .group(loops)
              .channelFactory(transport.datagramChannels())
              .handler(new ChannelInboundHandlerAdapter())
              .bind(anyPort)
              .syncUninterruptibly()
              .channel();
      assertThat(new Channel[] {server, client, datagram}).allMatch(Channel::isActive);
    } finally {
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    }
  }
}
