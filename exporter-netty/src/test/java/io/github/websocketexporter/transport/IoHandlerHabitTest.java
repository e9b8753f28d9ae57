package io.github.websocketexporter.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The habit of Netty's that the watch over a loop leans on. */
class IoHandlerHabitTest {
  private static final int ROUND_TRIPS = 200;

  private final Queue<String> events = new ConcurrentLinkedQueue<>();
  private final CountDownLatch done = new CountDownLatch(1);

  @ParameterizedTest
  @EnumSource(
      value = TransportKind.class,
      names = {"EPOLL", "NIO"})
  void aHandlerAsksWhetherToReportItsTimeOnceATurnAndBeforeItDispatches(TransportKind kind)
      throws Exception {
    assumeTrue(kind != TransportKind.EPOLL || Epoll.isAvailable());
    Transport transport = Transport.select(kind, ClockKind.LOOP);
    EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("noted"),
            executor -> new Noted(transport.ioHandlers().newHandler(executor)));
    try {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      Channel server =
          new ServerBootstrap()
              .group(loops)
              .channelFactory(transport.serverChannels())
              .childHandler(new Echo(false))
              .bind(any)
              .syncUninterruptibly()
              .channel();
      Channel client =
          new Bootstrap()
              .group(loops)
              .channelFactory(transport.socketChannels())
              .handler(new Echo(true))
              .connect(server.localAddress())
              .syncUninterruptibly()
              .channel();
      client.writeAndFlush(client.alloc().buffer().writeByte(1)).syncUninterruptibly();
      assertThat(done.await(20, SECONDS)).isTrue();
    } finally {
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    }
    String all = String.join("", events);
    assertThat(all.chars().filter(each -> each == 'd').count()).isGreaterThanOrEqualTo(ROUND_TRIPS);
    assertThat(all).matches("(<ad*>)+");
  }

  /** Sends back what it gets; the client only so often. */
  private final class Echo extends ChannelInboundHandlerAdapter {
    private final boolean counts;
    private int messages;

    Echo(boolean counts) {
      this.counts = counts;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      events.add("d");
      context.writeAndFlush(message);
      messages++;
      if (counts && messages == ROUND_TRIPS) {
        done.countDown();
        context.close();
      }
    }
  }

  /** Notes the beginning of a turn, that it asked, and its end. */
  private final class Noted implements IoHandler {
    private final IoHandler handler;

    Noted(IoHandler handler) {
      this.handler = handler;
    }

    @Override
    public int run(IoHandlerContext loop) {
      events.add("<");
      int handled =
          handler.run(
              new IoHandlerContext() {
                @Override
                public boolean canBlock() {
                  return loop.canBlock();
                }

                @Override
                public long delayNanos(long currentTimeNanos) {
                  return loop.delayNanos(currentTimeNanos);
                }

                @Override
                public long deadlineNanos() {
                  return loop.deadlineNanos();
                }

                @Override
                public boolean shouldReportActiveIoTime() {
                  events.add("a");
                  return loop.shouldReportActiveIoTime();
                }
              });
      events.add(">");
      return handled;
    }

    @Override
    public void initialize() {
      handler.initialize();
    }

    @Override
    public void prepareToDestroy() {
      handler.prepareToDestroy();
    }

    @Override
    public void destroy() {
      handler.destroy();
    }

    @Override
    public IoRegistration register(IoHandle handle) throws Exception {
      return handler.register(handle);
    }

    @Override
    public void wakeup() {
      handler.wakeup();
    }

    @Override
    public boolean isCompatible(Class<? extends IoHandle> handleType) {
      return handler.isCompatible(handleType);
    }
  }
}
