package io.github.websocketexporter.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoEvent;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A probe's connection on an epoll loop. It does what Netty's own channel does for a TCP client,
 * with less than half of the system calls, and while an answer of the peer's is awaited it reads by
 * {@link ZeroCopyReceive}, which tells when the kernel received it.
 *
 * <p>It is registered with epoll once, edge-triggered (epoll(7)), for all that can happen to it: so
 * it reads until a read leaves room, and when it leaves off before, or a send did not take all, it
 * is told again. Confined to its event loop.
 */
final class ProbeChannel extends AbstractChannel {
  private static final ChannelMetadata METADATA = new ChannelMetadata(false);

  /** Never asked: this channel allocates what it reads into. */
  private static final RecvByteBufAllocator UNUSED = new FixedRecvByteBufAllocator(1);

  /**
   * It is read so often before it is another socket's turn; bytes may be left behind then. A
   * thousand servers that send as fast as they can may not make one turn take a second.
   */
  static final int MAX_READS = 2;

  private static final int OUT = EpollIoOps.EPOLLOUT.value();
  private static final int RDHUP = EpollIoOps.EPOLLRDHUP.value();
  private static final int ERR = EpollIoOps.EPOLLERR.value();

  /** EPOLLHUP, for which Netty has no name: both directions are closed. */
  private static final int HUP = 0x10;

  private static final int ENDED = RDHUP | ERR | HUP;
  private static final EpollIoOps EVERYTHING =
      EpollIoOps.valueOf(EpollIoOps.EPOLLIN.value() | OUT | RDHUP | EpollIoOps.EPOLLET.value());

  private final ProbeSocket socket;
  private final LoopWatch watch;
  private final StampedReceive receive;
  private final ChannelConfig config = new Config();

  private @Nullable IoRegistration registration;
  private @Nullable InetSocketAddress remote;
  private @Nullable ChannelPromise connecting;
  private long connectTurn;
  private boolean connected;
  private boolean sendBlocked;
  private boolean readWanted;
  private boolean readLeft;

  /**
   * A channel that is not registered yet.
   *
   * @param socket not connected; belongs to this channel from now on
   * @param watch over the event loop that the channel will be registered with
   * @param kernel reads with stamps, on that loop; null if nothing is stamped
   */
  ProbeChannel(ProbeSocket socket, LoopWatch watch, @Nullable ZeroCopyReceive kernel) {
    super(null);
    this.socket = socket;
    this.watch = watch;
    receive = new StampedReceive(socket, kernel);
  }

  ProbeSocket socket() {
    return socket;
  }

  /** How it reads. */
  StampedReceive receive() {
    return receive;
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }

  @Override
  public boolean isOpen() {
    return socket.isOpen();
  }

  @Override
  public boolean isActive() {
    return connected && socket.isOpen();
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new Handle();
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return loop instanceof IoEventLoop io && io.isCompatible(Handle.class);
  }

  @Override
  protected @Nullable SocketAddress localAddress0() {
    return isActive() ? socket.localAddress() : null;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return connected ? remote : null;
  }

  @Override
  protected void doRegister(ChannelPromise promise) {
    ((IoEventLoop) eventLoop())
        .register((Handle) unsafe())
        .addListener(
            outcome -> {
              if (outcome.isSuccess()) {
                registered((IoRegistration) outcome.getNow());
                promise.setSuccess();
              } else {
                promise.setFailure(outcome.cause());
              }
            });
  }

  private void registered(IoRegistration made) {
    registration = made;
    if (!socket.isOpen()) {
      made.cancel();
    }
  }

  @Override
  protected void doBind(SocketAddress local) {
    throw new UnsupportedOperationException("a probe's connection is not bound");
  }

  @Override
  protected void doDisconnect() throws Exception {
    doClose();
  }

  @Override
  protected void doShutdownOutput() {
    throw new UnsupportedOperationException("a probe's connection is closed as a whole");
  }

  @Override
  protected void doClose() throws Exception {
    connected = false;
    ChannelPromise pending = connecting;
    connecting = null;
    // The kernel takes it out of epoll by itself. Cancelled at once: the next socket may get its
    // number.
    socket.close();
    if (registration != null) {
      registration.cancel();
    }
    if (pending != null) {
      pending.tryFailure(new ClosedChannelException());
    }
  }

  @Override
  protected void doBeginRead() {
    readWanted = true;
    if (readLeft) {
      readLeft = false;
      arm();
    }
  }

  /** Asks to be told what the socket is ready for: now, if it is ready, and whenever it gets so. */
  private void arm() {
    Objects.requireNonNull(registration).submit(EVERYTHING);
  }

  @Override
  protected Object filterOutboundMessage(Object message) {
    ByteBuf bytes = (ByteBuf) message;
    if (bytes.isDirect() && bytes.nioBufferCount() == 1) {
      return bytes;
    }
    ByteBuf direct = alloc().directBuffer(bytes.readableBytes()).writeBytes(bytes);
    bytes.release();
    return direct;
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer out) throws Exception {
    for (ByteBuf bytes = (ByteBuf) out.current(); bytes != null; bytes = (ByteBuf) out.current()) {
      int readable = bytes.readableBytes();
      int sent = readable == 0 ? 0 : socket.send(bytes);
      if (sent == readable) {
        out.remove();
      } else if (sent > 0) {
        out.progress(sent);
        bytes.skipBytes(sent);
      } else {
        sendBlocked = true;
        return;
      }
    }
  }

  /** What the event loop knows this channel by. */
  private final class Handle extends AbstractUnsafe implements EpollIoHandle {
    @Override
    public FileDescriptor fd() {
      return socket;
    }

    @Override
    public void connect(
        SocketAddress address, @Nullable SocketAddress local, ChannelPromise promise) {
      if (!promise.setUncancellable() || !ensureOpen(promise)) {
        return;
      }
      remote = (InetSocketAddress) address;
      connecting = promise;
      connectTurn = watch.turn();
      try {
        socket.connect(address);
        arm();
      } catch (IOException | RuntimeException e) {
        connectFailed(e);
      }
    }

    /** Keeps to itself whatever goes wrong: beyond it are the loop and all other connections. */
    @Override
    public void handle(IoRegistration registration, IoEvent event) {
      try {
        handle(((EpollIoEvent) event).ops().value());
      } catch (Throwable e) {
        pipeline().fireExceptionCaught(e);
        close(newPromise());
      }
    }

    private void handle(int ready) {
      if (connecting != null) {
        finishConnect(ready);
      }
      if ((ready & OUT) != 0 && sendBlocked) {
        sendBlocked = false;
        super.flush0();
      }
      if ((ready & ~OUT) != 0 && isActive()) {
        read((ready & ENDED) != 0);
      }
    }

    /**
     * An event of the wait before {@code connect()} is of a socket that was closed after that wait,
     * and that had this one's number.
     */
    private void finishConnect(int ready) {
      if (connectTurn == watch.turn()) {
        return;
      }
      ChannelPromise promise = Objects.requireNonNull(connecting);
      try {
        if ((ready & (ERR | HUP)) != 0 && !socket.finishConnect()) {
          return;
        }
      } catch (IOException e) {
        connectFailed(e);
        return;
      }
      connecting = null;
      connected = true;
      promise.trySuccess();
      if (isActive()) {
        pipeline().fireChannelActive();
      }
    }

    private void connectFailed(Exception cause) {
      ChannelPromise promise = Objects.requireNonNull(connecting);
      connecting = null;
      close(newPromise());
      promise.tryFailure(annotateConnectException(cause, Objects.requireNonNull(remote)));
    }

    /**
     * Reads until a read leaves room.
     *
     * @param toTheEnd whether the stream has ended, or an error is waiting: then until that
     */
    private void read(boolean toTheEnd) {
      boolean more = true;
      Throwable failure = null;
      for (int reads = 0; more && reads < MAX_READS && mayRead(); reads++) {
        readWanted = false;
        ByteBuf bytes = null;
        try {
          bytes = receive.read(alloc());
        } catch (Throwable e) {
          failure = e;
        }
        if (bytes != null) {
          pipeline().fireChannelRead(bytes);
        }
        more = bytes != null && (toTheEnd || receive.leftBehind());
      }
      if (more && isOpen()) {
        readLeft = true;
      }
      pipeline().fireChannelReadComplete();
      if (failure != null) {
        pipeline().fireExceptionCaught(failure);
      }
      if (failure != null || receive.ended()) {
        close(newPromise());
      } else if (readLeft && mayRead()) {
        readLeft = false;
        arm();
      }
    }

    private boolean mayRead() {
      return isOpen() && (readWanted || config.isAutoRead());
    }

    @Override
    protected void flush0() {
      if (!sendBlocked) {
        super.flush0();
      }
    }

    @Override
    public void close() {
      close(newPromise());
    }
  }

  /** Takes the one option that is set after the connection is there. */
  private final class Config extends DefaultChannelConfig {
    Config() {
      super(ProbeChannel.this, UNUSED);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
      if (!option.equals(ChannelOption.SO_LINGER)) {
        return super.setOption(option, value);
      }
      try {
        socket.setSoLinger((Integer) value);
        return true;
      } catch (IOException e) {
        throw new ChannelException(e);
      }
    }
  }
}
