package io.github.websocketexporter.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.testing.Blackhole;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A probe's connection on a real epoll loop, against a plain socket. */
class ProbeChannelTest {
  private static final int MANY = 4_000_000;

  @SuppressWarnings("NullAway.Init")
  private EventLoopGroup loops;

  @SuppressWarnings("NullAway.Init")
  private EventLoop loop;

  @SuppressWarnings("NullAway.Init")
  private Transport transport;

  @SuppressWarnings("NullAway.Init")
  private ServerSocket server;

  /** Keeps what it reads, and what else it is told. */
  private static class Reader extends ChannelInboundHandlerAdapter {
    final ByteBuf bytes = Unpooled.buffer();
    final AtomicInteger received = new AtomicInteger();
    final AtomicInteger mostInOneTurn = new AtomicInteger();
    final CountDownLatch inactive = new CountDownLatch(1);
    volatile @Nullable Throwable failure;
    private int reads;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf read = (ByteBuf) message;
      bytes.writeBytes(read);
      received.set(bytes.readableBytes());
      read.release();
      reads++;
      mostInOneTurn.accumulateAndGet(reads, Math::max);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      reads = 0;
      context.fireChannelReadComplete();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      failure = cause;
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      inactive.countDown();
    }

    void awaitBytes(int count) {
      await().until(() -> received.get() == count);
    }
  }

  /** Has no memory. */
  private static final class Exhausted extends AbstractByteBufAllocator {
    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
      throw new OutOfMemoryError("of the test");
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
      throw new OutOfMemoryError("of the test");
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }

  @BeforeEach
  void open() throws Exception {
    assumeTrue(Epoll.isAvailable());
    transport = Transport.select(TransportKind.EPOLL, ClockKind.AUTO);
    loops = transport.newEventLoops(1);
    loop = loops.next();
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws Exception {
    if (loops != null) {
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
      server.close();
    }
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  /** A channel, registered; called on the loop or not. */
  private Channel channel(Reader reader) {
    Channel channel = transport.probeChannels().newChannel(loop, server.getInetAddress());
    channel.pipeline().addLast(reader);
    loop.register(channel).syncUninterruptibly();
    return channel;
  }

  private Channel connected(Reader reader) {
    Channel channel = channel(reader);
    channel.connect(address()).syncUninterruptibly();
    return channel;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void knowsWhereItIsConnected() throws Exception {
    Channel channel = connected(new Reader());
    try (Socket peer = server.accept()) {
      assertThat(channel).isInstanceOf(ProbeChannel.class);
      assertThat(channel.isActive()).isTrue();
      assertThat(channel.remoteAddress()).isEqualTo(address());
      assertThat(channel.localAddress()).isEqualTo(peer.getRemoteSocketAddress());
    }
  }

  @Test
  void readsAllThatCameAndLetsOthersHaveTheirTurn() throws Exception {
    Reader reader = new Reader();
    connected(reader);
    byte[] sent = random(200_000);
    try (Socket peer = server.accept()) {
      CountDownLatch all = new CountDownLatch(1);
      loop.execute(() -> awaited(all)); // All is there when the loop goes on, and no more comes.
      peer.getOutputStream().write(sent);
      all.countDown();
      reader.awaitBytes(sent.length);
    }
    assertThat(reader.bytes.array()).startsWith(sent);
    assertThat(reader.mostInOneTurn).hasValue(ProbeChannel.MAX_READS);
  }

  @Test
  void sendsAllAlsoWhereThePeerIsSlowToTakeIt() throws Exception {
    Channel channel = connected(new Reader());
    SendBuffers.set(channel, 4_096);
    byte[] sent = random(MANY);
    ChannelFuture written = channel.write(Unpooled.wrappedBuffer(sent, 0, MANY / 2));
    ChannelFuture rest =
        channel.writeAndFlush(
            channel.alloc().directBuffer().writeBytes(sent, MANY / 2, MANY - MANY / 2));
    try (Socket peer = server.accept()) {
      await().until(() -> !channel.isWritable());
      assertThat(written.isDone()).isFalse();
      assertThat(peer.getInputStream().readNBytes(MANY)).isEqualTo(sent);
      assertThat(rest.await(20, SECONDS)).isTrue();
      assertThat(written.isSuccess() && rest.isSuccess()).isTrue();
    }
  }

  @Test
  void readsNothingUntilItIsAskedTo() throws Exception {
    Reader reader = new Reader();
    Channel channel = channel(reader);
    channel.config().setAutoRead(false);
    channel.connect(address()).syncUninterruptibly();
    Reader witness = new Reader();
    try (Socket peer = server.accept()) {
      connected(witness);
      try (Socket later = server.accept()) {
        for (int bytes = 1; bytes <= 3; bytes++) {
          peer.getOutputStream().write(bytes);
          later.getOutputStream().write(bytes);
          witness.awaitBytes(bytes); // The loop has been told of both.
          assertThat(reader.received).hasValue(bytes - 1);
          channel.read();
          reader.awaitBytes(bytes);
        }
      }
    }
  }

  @Test
  void endsWithTheStreamWhenTheBytesBeforeItAreRead() throws Exception {
    Reader reader = new Reader();
    Channel channel = connected(reader);
    try (Socket peer = server.accept()) {
      peer.getOutputStream().write(random(100_000));
    }
    assertThat(reader.inactive.await(20, SECONDS)).isTrue();
    assertThat(reader.received).hasValue(100_000);
    assertThat(channel.isOpen()).isFalse();
    assertThat(reader.failure).isNull();
  }

  @Test
  void tellsOfAReset() throws Exception {
    Reader reader = new Reader();
    connected(reader);
    Socket peer = server.accept();
    peer.setSoLinger(true, 0);
    peer.close();
    assertThat(reader.inactive.await(20, SECONDS)).isTrue();
    assertThat(reader.failure).isInstanceOf(IOException.class).hasMessageContaining("reset");
  }

  @Test
  void keepsToItselfThatThereIsNoMemory() throws Exception {
    Reader reader = new Reader();
    Channel channel = connected(reader);
    channel.config().setAllocator(new Exhausted());
    try (Socket peer = server.accept()) {
      peer.getOutputStream().write(1);
      assertThat(reader.inactive.await(20, SECONDS)).isTrue();
    }
    assertThat(reader.failure).isInstanceOf(OutOfMemoryError.class);
    assertThat(loop.isShuttingDown()).isFalse();
  }

  @Test
  void isNotConnectedWhereItIsRefused() throws Exception {
    InetSocketAddress nobody = address();
    server.close();
    Channel channel = channel(new Reader());
    ChannelFuture connect = channel.connect(nobody).awaitUninterruptibly();
    assertThat(connect.cause()).isInstanceOf(ConnectException.class);
    assertThat(channel.closeFuture().await(20, SECONDS)).isTrue();
  }

  @Test
  void failsTheConnectThatItsEndCutsShort() throws Exception {
    try (Blackhole blackhole = Blackhole.open()) {
      Channel channel = channel(new Reader());
      ChannelFuture connect = channel.connect(blackhole.address());
      channel.close().syncUninterruptibly();
      assertThat(connect.awaitUninterruptibly().cause()).isInstanceOf(ClosedChannelException.class);
    }
  }

  @Test
  void takesNoEventOfAnEarlierSocketForItsOwn() throws Exception {
    try (Blackhole blackhole = Blackhole.open()) {
      Channel earlier = connected(new Reader());
      Socket ofEarlier = server.accept();
      int number = ((ProbeChannel) earlier).socket().intValue();
      Channel[] later = new Channel[1];
      CountDownLatch made = new CountDownLatch(1);
      connected(
          new Reader() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
              super.channelRead(context, message);
              earlier.close();
              later[0] = channel(new Reader());
              later[0].connect(blackhole.address());
              made.countDown();
            }
          });
      Socket ofReplacer = server.accept();
      CountDownLatch sent = new CountDownLatch(1);
      loop.execute(() -> awaited(sent)); // Both have something to read when the loop goes on.
      ofReplacer.getOutputStream().write(1);
      ofEarlier.getOutputStream().write(1);
      sent.countDown();
      awaited(made);
      loop.submit(() -> {}).sync();
      assertThat(((ProbeChannel) later[0]).socket().intValue()).isEqualTo(number);
      assertThat(later[0].isActive()).isFalse();
      ofReplacer.close();
      ofEarlier.close();
    }
  }

  private static void awaited(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
