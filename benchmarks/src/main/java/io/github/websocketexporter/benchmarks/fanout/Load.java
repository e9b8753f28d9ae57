package io.github.websocketexporter.benchmarks.fanout;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.transport.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Scrapes one exporter over keep-alive connections, on one event loop of its own. Its public face
 * is for one thread, which waits; the rest is confined to the loop, also the beginning of a run:
 * when the thread is told of the last answer to one, the loop is not done with that answer.
 */
final class Load implements AutoCloseable {
  /** What is scraped. */
  interface Scraped {
    /** Its port on the loopback address. */
    int port();

    /** What comes before {@code target=} in the query of a probe. */
    String query();

    /** What it has taken of a core, in seconds. */
    double cpuSeconds();
  }

  /** Of its connections. */
  static final Transport TRANSPORT = Transport.select(TransportKind.AUTO, ClockKind.LOOP);

  private static final int ANSWER_BYTES = 16_384;
  private static final int CONNECTING = 64;
  private static final int MAX_BROKEN = 20;

  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final Scraped exporter;
  private final InetSocketAddress address;
  private final String query;
  private final int targetPort;
  private final Truth truth;
  private final Duration limit;
  private final ProbeAnswer answer = new ProbeAnswer();
  private final List<Channel> connections = new ArrayList<>();
  private final ArrayDeque<Channel> free = new ArrayDeque<>();
  private byte[] scratch = new byte[ANSWER_BYTES];

  private Work work = Work.closedLoop(1, 0);
  private Outcome outcome;
  private Promise<Outcome> done;
  private long startNanos;
  private long warmNanos;
  private double warmCpu;
  private int started;
  private int finished;
  private int broken;

  /**
   * A load without connections yet.
   *
   * @param scheme {@code ws} or {@code wss}
   * @param targetPort where the target listens
   * @param limit how long anything may take before it is given up
   */
  Load(Scraped exporter, String scheme, int targetPort, Truth truth, Duration limit) {
    this(newLoop(), exporter, scheme, targetPort, truth, limit);
  }

  /**
   * The same on a given event loop, which it ends.
   *
   * @param loop one for the channels of {@link #TRANSPORT}
   */
  Load(
      EventLoop loop,
      Scraped exporter,
      String scheme,
      int targetPort,
      Truth truth,
      Duration limit) {
    this.loop = loop;
    this.bootstrap =
        new Bootstrap()
            .group(loop)
            .channelFactory(TRANSPORT.socketChannels())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(ANSWER_BYTES))
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new LoadConnection(Load.this));
                  }
                });
    this.exporter = exporter;
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), exporter.port());
    this.query = exporter.query() + "target=" + scheme + "://127.0.0.";
    this.targetPort = targetPort;
    this.truth = truth;
    this.limit = limit;
    this.outcome = new Outcome(truth);
    this.done = loop.newPromise();
  }

  private static EventLoop newLoop() {
    return new MultiThreadIoEventLoopGroup(1, TRANSPORT.ioHandlers()).next();
  }

  /**
   * Does {@code what}, over connections that stay open.
   *
   * @throws IOException if it is not done in time, or the exporter closes too many connections
   */
  Outcome run(Work what) throws IOException {
    connect(what.connections());
    return measure(
        what,
        () -> {
          free.clear();
          free.addAll(connections.subList(0, what.connections()));
          if (what.isOpenLoop()) {
            sendDue();
          } else {
            sendAll();
          }
        });
  }

  /**
   * Opens that many connections at once, each of which asks for one probe as soon as it is there.
   * Latencies count from the start of it all.
   *
   * @throws IOException if not all are answered in time
   */
  Outcome burst(int count) throws IOException {
    return measure(
        new Work(count, count, 0, 0, 0, Target.ADDRESSES),
        () -> {
          for (int i = 0; i < count; i++) {
            open(channel -> ask(channel, startNanos));
          }
        });
  }

  /**
   * Does {@code what}, and compares what came of it.
   *
   * @param start sends the first requests, on the loop
   */
  private Outcome measure(Work what, Runnable start) throws IOException {
    Promise<Outcome> promise = loop.newPromise();
    loop.execute(
        () -> {
          try {
            begin(what, promise);
            start.run();
          } catch (RuntimeException e) {
            promise.tryFailure(e);
          }
        });
    promise.awaitUninterruptibly();
    if (!promise.isSuccess()) {
      throw new IOException(promise.cause().getMessage(), promise.cause());
    }
    Outcome result = promise.getNow();
    result.compare();
    return result;
  }

  private void begin(Work what, Promise<Outcome> promise) {
    work = what;
    outcome = new Outcome(truth);
    done = promise;
    started = 0;
    finished = 0;
    broken = 0;
    startNanos = System.nanoTime();
    if (what.warmUp() == 0) {
      warm();
    }
    ScheduledFuture<?> end =
        loop.schedule(() -> giveUp(promise), limit.toNanos(), TimeUnit.NANOSECONDS);
    promise.addListener(ended -> end.cancel(false));
  }

  private void giveUp(Promise<Outcome> promise) {
    promise.tryFailure(
        new IOException(
            "only %d of %d probes were answered in %s".formatted(finished, work.total(), limit)));
  }

  /** Opens as many as are missing; those that the exporter has closed meanwhile are. */
  private void connect(int count) throws IOException {
    connections.removeIf(connection -> !connection.isActive());
    ArrayDeque<ChannelFuture> connecting = new ArrayDeque<>();
    while (connections.size() < count) {
      while (connecting.size() < CONNECTING && connections.size() + connecting.size() < count) {
        connecting.add(bootstrap.connect(address));
      }
      ChannelFuture next = connecting.remove();
      if (!next.awaitUninterruptibly(limit.toMillis()) || !next.isSuccess()) {
        throw new IOException(
            "only %d connections to the exporter could be opened".formatted(connections.size()),
            next.cause());
      }
      connections.add(next.channel());
    }
  }

  private void open(Consumer<Channel> opened) {
    bootstrap
        .connect(address)
        .addListener(
            future -> {
              ChannelFuture connected = (ChannelFuture) future;
              if (connected.isSuccess()) {
                connections.add(connected.channel());
                opened.accept(connected.channel());
              } else {
                done.tryFailure(connected.cause());
              }
            });
  }

  private void sendAll() {
    while (started < work.total() && !free.isEmpty()) {
      ask(free.remove(), System.nanoTime());
    }
  }

  private void sendDue() {
    while (started < work.total()) {
      long due = startNanos + work.dueNanos(started);
      long early = due - System.nanoTime();
      if (early > 0) {
        loop.schedule(this::sendDue, early, TimeUnit.NANOSECONDS);
        return;
      }
      if (free.isEmpty()) {
        return; // The next answer goes on: latency counts from when it was due.
      }
      ask(free.remove(), due);
    }
  }

  /** Asks for the next probe over {@code channel}, on which no answer is due. */
  private void ask(Channel channel, long since) {
    int sequence = started++;
    int number = work.number(sequence);
    if (work.isEachOnce()) {
      truth.clear(number);
    }
    ByteBuf request = channel.alloc().ioBuffer(256);
    ByteBufUtil.writeAscii(request, "GET /probe?");
    ByteBufUtil.writeAscii(request, query);
    ByteBufUtil.writeAscii(request, Integer.toString(1 + sequence % work.addresses()));
    ByteBufUtil.writeAscii(request, ":");
    ByteBufUtil.writeAscii(request, Integer.toString(targetPort));
    ByteBufUtil.writeAscii(request, "/");
    ByteBufUtil.writeAscii(request, Integer.toString(number));
    ByteBufUtil.writeAscii(request, " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    LoadConnection connection = channel.pipeline().get(LoadConnection.class);
    if (connection == null) {
      request.release();
      broke(); // The exporter has just closed it.
      return;
    }
    connection.asked(sequence, since);
    channel
        .writeAndFlush(request)
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                connection.gone();
              }
            });
  }

  /** Room for a body of {@code length} bytes, good until the next call. */
  byte[] scratch(int length) {
    if (length > scratch.length) {
      scratch = new byte[length];
    }
    return scratch;
  }

  /** The answer to a request is there, its body in {@link #scratch}. */
  void answered(Channel channel, LoadConnection connection, boolean ok, int length) {
    long now = System.nanoTime();
    answer.read(scratch, 0, ok ? length : 0);
    if (connection.sequence() >= work.warmUp()) {
      if (answer.success()) {
        outcome.succeeded(
            work.number(connection.sequence()), now - connection.startNanos(), answer);
      } else {
        outcome.failed();
      }
    }
    boolean waited = free.isEmpty();
    free.add(channel);
    finishOne();
    if (!work.isOpenLoop()) {
      sendAll();
    } else if (waited) {
      sendDue();
    }
  }

  /** The exporter closed a connection while an answer was due: it is missing until the next run. */
  void broke() {
    outcome.failed();
    if (++broken > MAX_BROKEN || broken == work.connections()) {
      done.tryFailure(new IOException("the exporter closed %d connections".formatted(broken)));
    }
    finishOne();
  }

  private void finishOne() {
    finished++;
    if (finished == work.warmUp()) {
      warm();
    }
    if (finished == work.total()) {
      outcome.ended(System.nanoTime() - warmNanos, cpuSeconds() - warmCpu);
      done.trySuccess(outcome);
    }
  }

  private void warm() {
    warmNanos = System.nanoTime();
    warmCpu = cpuSeconds();
  }

  private double cpuSeconds() {
    return exporter.cpuSeconds();
  }

  @Override
  public void close() {
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
