package io.github.websocketexporter.integration;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
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
import io.netty.handler.codec.http.HttpVersion;
import java.io.EOFException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Scrapers by the thousand, each with one connection that it keeps, all on an event loop of their
 * own. For use by one thread.
 */
final class ScraperCrowd implements AutoCloseable {
  private static final int MAX_ANSWER = 1 << 20;
  private static final int PATIENCE_SECONDS = 60;

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final List<Scraper> scrapers = new ArrayList<>();
  private final InetSocketAddress exporter;

  /** None yet, for an exporter on {@code port} of the loopback. */
  ScraperCrowd(int port) {
    exporter = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** Adds a scraper for each path, all at once; each asks as soon as it is connected. */
  List<CompletableFuture<Answer>> join(List<String> paths) {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (String path : paths) {
      Scraper scraper = new Scraper();
      scrapers.add(scraper);
      answers.add(scraper.connectAndGet(path));
    }
    return answers;
  }

  /** Has scraper {@code number} ask, and awaits the answer. */
  Answer get(int number, String path) {
    return await(scrapers.get(number).get(path));
  }

  /**
   * Has each scraper ask for its path, the first one for the first, and awaits the answers.
   *
   * @param most that are unanswered at a time
   */
  List<Answer> getAll(List<String> paths, int most) throws InterruptedException {
    Semaphore places = new Semaphore(most);
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      if (!places.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("no answer for a long time");
      }
      CompletableFuture<Answer> answer = scrapers.get(i).get(paths.get(i));
      answers.add(answer.whenComplete((value, error) -> places.release()));
    }
    return await(answers);
  }

  /** How many of the connections are open. */
  int open() {
    return (int) scrapers.stream().filter(Scraper::isOpen).count();
  }

  static List<Answer> await(List<CompletableFuture<Answer>> answers) {
    return answers.stream().map(ScraperCrowd::await).toList();
  }

  private static Answer await(CompletableFuture<Answer> answer) {
    try {
      return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("a scraper got no answer", e);
    }
  }

  /** Ends the connections without leaving their ports in TIME_WAIT. */
  @Override
  public void close() {
    loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
  }

  /** One connection. */
  private final class Scraper extends SimpleChannelInboundHandler<FullHttpResponse> {
    private volatile @Nullable Channel channel;
    private volatile @Nullable CompletableFuture<Answer> awaited;

    CompletableFuture<Answer> connectAndGet(String path) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      awaited = answer;
      ChannelFuture connected =
          new Bootstrap()
              .group(loops)
              .channel(NioSocketChannel.class)
              .option(ChannelOption.ALLOCATOR, TargetCrowd.UNTRACKED)
              .option(ChannelOption.TCP_NODELAY, true)
              .option(ChannelOption.SO_LINGER, 0)
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, PATIENCE_SECONDS * 1_000)
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
              .connect(exporter);
      channel = connected.channel();
      connected.addListener(
          done -> {
            if (done.isSuccess()) {
              send(connected.channel(), path);
            } else {
              answer.completeExceptionally(done.cause());
            }
          });
      return answer;
    }

    CompletableFuture<Answer> get(String path) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      awaited = answer;
      Channel connection = channel;
      if (connection == null || !connection.isActive()) {
        answer.completeExceptionally(new EOFException("the connection was closed before"));
      } else {
        send(connection, path);
      }
      return answer;
    }

    boolean isOpen() {
      Channel connection = channel;
      return connection != null && connection.isActive();
    }

    private void send(Channel connection, String path) {
      FullHttpRequest request =
          new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path);
      request.headers().set(HttpHeaderNames.HOST, "exporter");
      connection.writeAndFlush(request);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
      CompletableFuture<Answer> answer = awaited;
      awaited = null;
      if (answer == null) {
        context.close(); // Nobody asked: seen as a connection that did not stay open.
        return;
      }
      Map<String, List<String>> fields =
          response.headers().names().stream()
              .collect(Collectors.toMap(name -> name, name -> response.headers().getAll(name)));
      answer.complete(
          new Answer(
              response.status().code(),
              HttpHeaders.of(fields, (name, value) -> true),
              response.content().toString(StandardCharsets.UTF_8)));
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      fail(new EOFException("the exporter closed the connection"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      fail(cause);
      context.close();
    }

    private void fail(Throwable cause) {
      CompletableFuture<Answer> answer = awaited;
      if (answer != null) {
        answer.completeExceptionally(cause);
      }
    }
  }
}
