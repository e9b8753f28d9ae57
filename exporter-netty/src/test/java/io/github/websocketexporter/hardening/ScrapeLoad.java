package io.github.websocketexporter.hardening;

import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Scrapers that ask at a steady rate, whatever comes of it (an open loop), over connections that
 * they keep, on an event loop of their own. A request takes a connection that is idle, else it
 * opens one more, of as many as an exporter takes by its defaults, else it waits; the time of an
 * answer counts from when its request was due, so that an exporter which cannot keep up shows it.
 */
final class ScrapeLoad implements AutoCloseable {
  private static final int MAX_ANSWER = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long TICK_NANOS = 1_000_000;

  /** Less than the default of web.max-connections, and than files that a process may open. */
  private static final int MOST_CONNECTIONS = 8_000;

  private final EventLoopGroup group =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventLoop loop = group.next();
  private final InetSocketAddress exporter;
  private final Consumer<String> bodies;

  // Used by the loop alone.
  private final Deque<Scraper> idle = new ArrayDeque<>();
  private final Deque<Request> waiting = new ArrayDeque<>();
  private int open;

  private IntFunction<String> authorization = number -> "";
  private int addresses = 1;
  private int connections;

  /** Of an exporter, or what stands before it, on {@code port} of the loopback. */
  ScrapeLoad(int port) {
    this(port, body -> {});
  }

  /** The same; {@code bodies} is told what each answer says, on the event loop. */
  ScrapeLoad(int port, Consumer<String> bodies) {
    this.bodies = bodies;
    exporter = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** The same with a field Authorization, by the number of the request. */
  ScrapeLoad withAuthorization(IntFunction<String> value) {
    authorization = value;
    return this;
  }

  /** The same with each next connection from the next of so many addresses, 127.2.0.1 and on. */
  ScrapeLoad fromAddresses(int count) {
    addresses = count;
    return this;
  }

  /**
   * Asks for {@code path(0)}, {@code path(1)} and so on, and awaits the answers.
   *
   * @param perSecond how many a second
   * @param time for how long
   */
  ScrapeOutcome run(IntFunction<String> path, double perSecond, Duration time) {
    return await(start(path, perSecond, time), time.plus(PATIENCE));
  }

  /** The same in the background; done when each request was answered, or failed. */
  CompletableFuture<ScrapeOutcome> start(
      IntFunction<String> path, double perSecond, Duration time) {
    Run run =
        new Run(path, 1e9 / perSecond, (int) Math.round(perSecond * time.toNanos() / 1e9), false);
    loop.execute(run::askWhatIsDue);
    return run.done;
  }

  /**
   * Asks as soon as an answer has come (a closed loop), {@code count} times in all.
   *
   * @param inFlight how many requests are under way at any time
   */
  CompletableFuture<ScrapeOutcome> startInTurn(IntFunction<String> path, int count, int inFlight) {
    Run run = new Run(path, 0, count, true);
    for (int i = 0; i < inFlight; i++) {
      loop.execute(run::askOne);
    }
    return run.done;
  }

  /** Awaits what {@link #start} began. */
  static ScrapeOutcome await(CompletableFuture<ScrapeOutcome> load, Duration limit) {
    try {
      return load.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("the load did not end", e);
    }
  }

  /** Ends the connections without leaving their ports in TIME_WAIT. */
  @Override
  public void close() {
    group.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
  }

  /** Null for whatever address the system chooses. */
  private @Nullable SocketAddress nextAddress() {
    return addresses == 1
        ? null
        : new InetSocketAddress("127.2.0." + (1 + connections++ % addresses), 0);
  }

  /** One load. */
  private final class Run {
    private final IntFunction<String> path;
    private final double nanosEach;
    private final int count;
    private final boolean inTurn;
    private final ScrapeOutcome outcome = new ScrapeOutcome();
    private final CompletableFuture<ScrapeOutcome> done = new CompletableFuture<>();
    private final long started = System.nanoTime();
    private int asked;
    private int ended;

    Run(IntFunction<String> path, double nanosEach, int count, boolean inTurn) {
      this.path = path;
      this.nanosEach = nanosEach;
      this.count = count;
      this.inTurn = inTurn;
    }

    /** Asks all that is due, and comes again. */
    void askWhatIsDue() {
      long now = System.nanoTime();
      for (; asked < count; asked++) {
        long due = started + (long) (asked * nanosEach);
        if (due - now > 0) {
          break;
        }
        ask(path.apply(asked), authorization.apply(asked), due);
      }
      if (asked < count) {
        loop.schedule((Runnable) this::askWhatIsDue, TICK_NANOS, NANOSECONDS);
      }
    }

    /** Asks one more, if that is not all. */
    void askOne() {
      if (asked < count) {
        int number = asked++;
        ask(path.apply(number), authorization.apply(number), System.nanoTime());
      }
    }

    private void ask(String pathAndQuery, String authorization, long due) {
      Request request = new Request(this, pathAndQuery, authorization, due);
      Scraper scraper = idle.poll();
      if (scraper != null) {
        scraper.send(request);
      } else if (open < MOST_CONNECTIONS) {
        new Scraper().connect(request);
      } else {
        waiting.add(request);
      }
    }

    void ended() {
      ended++;
      if (ended == count) {
        done.complete(outcome);
      } else if (inTurn) {
        loop.execute(this::askOne);
      }
    }
  }

  /** One request. */
  private record Request(Run run, String path, String authorization, long due) {
    void answered(int status, String body) {
      run.outcome.answered(status, body, System.nanoTime() - due);
      run.ended();
    }

    void failed(Throwable cause) {
      run.outcome.unanswered(cause);
      run.ended();
    }
  }

  /** One connection, and the request that it is to answer. */
  private final class Scraper extends SimpleChannelInboundHandler<FullHttpResponse> {
    private final Deque<Request> asked = new ArrayDeque<>(1);
    private final ChannelFuture connected =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false, true))
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_LINGER, 0)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) PATIENCE.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel created) {
                    created
                        .pipeline()
                        .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(MAX_ANSWER),
                            Scraper.this);
                  }
                })
            .connect(exporter, nextAddress());

    Scraper() {
      open++;
      connected.channel().closeFuture().addListener(closed -> goneFor(waiting.poll()));
    }

    /** Makes place for a request that waits, if one does. */
    private void goneFor(@Nullable Request next) {
      open--;
      if (next != null) {
        new Scraper().connect(next);
      }
    }

    void connect(Request request) {
      connected.addListener(
          done -> {
            if (done.isSuccess()) {
              send(request);
            } else {
              request.failed(done.cause());
            }
          });
    }

    void send(Request request) {
      asked.add(request);
      FullHttpRequest http =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, request.path);
      http.headers().set(HttpHeaderNames.HOST, "exporter");
      if (!request.authorization.isEmpty()) {
        http.headers().set(HttpHeaderNames.AUTHORIZATION, request.authorization);
      }
      connected.channel().writeAndFlush(http);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      Request request = asked.remove();
      if (HttpUtil.isKeepAlive(response)) {
        Request next = waiting.poll();
        if (next == null) {
          idle.push(this);
        } else {
          send(next);
        }
      } else {
        context.close();
      }
      String body = response.content().toString(StandardCharsets.UTF_8);
      bodies.accept(body);
      request.answered(response.status().code(), body);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      idle.remove(this);
      fail(new EOFException("the connection was closed before the answer"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(cause);
      context.close();
    }

    private void fail(Throwable cause) {
      Request request = asked.poll();
      if (request != null) {
        request.failed(cause);
      }
    }
  }
}
