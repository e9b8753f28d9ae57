package io.github.websocketexporter.http;

import io.github.websocketexporter.config.ListenAddress;
import io.github.websocketexporter.config.WebProtection;
import io.github.websocketexporter.config.WebSettings;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.metrics.RejectionReason;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.report.History;
import io.github.websocketexporter.report.Pages;
import io.github.websocketexporter.transport.HandlerNames;
import io.github.websocketexporter.transport.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannelRecvByteBufAllocator;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLException;

/**
 * The exporter's own HTTP server. Each connection stays on the event loop that it was given, and
 * the probes that it asks for run there too.
 */
public final class HttpServer implements AutoCloseable {
  /** Linux takes no more than net.core.somaxconn says. */
  private static final int MIN_BACKLOG = 4_096;

  private static final int MANY_ACCEPTS = 1_024;
  private static final int FEW_ACCEPTS = 16;
  private static final int READ_BUFFER = 16_384;

  /** Given to connections that were accepted last, to send their request. */
  private static final Duration LAST_REQUESTS = Duration.ofMillis(500);

  /** How often a server that has stopped listening looks for connections that became idle. */
  private static final Duration IDLE_CHECK = Duration.ofMillis(100);

  private final WebProtection wantedProtection;
  private final BasicAuth basicAuth = new BasicAuth(() -> this.protection);
  private final ServerBootstrap bootstrap;
  private final Connections connections;
  private final MetricsEndpoint metricsEndpoint;
  private final List<ListenAddress> addresses;
  private final List<Channel> listening = new ArrayList<>();
  private final Promise<Void> closed = GlobalEventExecutor.INSTANCE.newPromise();
  private volatile Protection protection = Protection.NONE;
  private volatile boolean ready;
  private volatile boolean draining;

  /**
   * A server that does not listen yet.
   *
   * @param config how it listens is as it says now; how it probes, as it says at each request
   * @param loops the event loops, made of {@code transport}
   * @param probers the prober of each of these loops
   */
  public HttpServer(
      LiveConfig config,
      BuildInfo build,
      ExporterMetrics metrics,
      EventLoopGroup loops,
      Transport transport,
      Function<EventLoop, Prober> probers) {
    WebSettings web = config.current().config().web();
    addresses = web.listenAddresses();
    wantedProtection = web.protection();
    metricsEndpoint = new MetricsEndpoint(metrics::snapshots);
    connections = new Connections(web.maxConnections(), metrics);
    History history = new History(config.current().config().historyLimit());
    Pages pages = new Pages(build.version(), web.probePath(), web.telemetryPath());
    ProbeEndpoint probe = new ProbeEndpoint(config, probers, metrics, history, pages);
    bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channelFactory(transport.serverChannels())
            .option(ChannelOption.SO_BACKLOG, Math.max(MIN_BACKLOG, web.maxConnections()))
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                accepts(config.current().config().eventLoops(), transport))
            .handler(acceptHandler())
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.RECVBUF_ALLOCATOR, reads())
            .childHandler(
                new ConnectionInitializer(
                    web,
                    connections,
                    below(
                        web,
                        routes(config, probe, pages, history)::route,
                        RoutePrefix.signpost(web.routePrefix())),
                    below(web, surplusRoutes(web, metrics)::route, new SurplusEndpoint(() -> {})),
                    () -> protection,
                    () -> draining));
    transport.limitUntaken(bootstrap, web.requestTimeout());
  }

  private Endpoint below(WebSettings web, Endpoint within, Endpoint outside) {
    return new RoutePrefix(web.routePrefix(), basicAuth.before(within), basicAuth.before(outside));
  }

  private Router routes(LiveConfig config, ProbeEndpoint probe, Pages pages, History history) {
    WebSettings web = config.current().config().web();
    Map<String, Endpoint> endpoints = wellBeing(web);
    endpoints.put("/", new HomeEndpoint(pages, config, history));
    endpoints.put("/config", new ConfigEndpoint(config));
    endpoints.put("/-/reload", new ReloadEndpoint(config, web.enableLifecycle()));
    endpoints.put("/-/websocket", new WebSocketEndpoint(web.idleTimeout()));
    endpoints.put(web.probePath(), probe);
    return new Router(
        endpoints, Map.of("/" + Pages.PROBES, new RecentProbeEndpoint(pages, history)));
  }

  /** Of the connections for which there is no place. */
  private Router surplusRoutes(WebSettings web, ExporterMetrics metrics) {
    Map<String, Endpoint> endpoints = wellBeing(web);
    endpoints.put(
        web.probePath(),
        new SurplusEndpoint(() -> metrics.probeRejected(RejectionReason.MAX_CONNECTIONS)));
    return new Router(endpoints, Map.of(), new SurplusEndpoint(() -> {}));
  }

  /** What says how the exporter is: answered however much there is to do. */
  private Map<String, Endpoint> wellBeing(WebSettings web) {
    Map<String, Endpoint> endpoints = new HashMap<>();
    endpoints.put("/-/healthy", new HealthEndpoint(() -> true, "Healthy.", ""));
    endpoints.put("/-/ready", new HealthEndpoint(() -> ready && !draining, "Ready.", "Not ready."));
    endpoints.put(web.telemetryPath(), metricsEndpoint);
    return endpoints;
  }

  /**
   * Starts to listen, and says that it is not ready. Blocks until it does.
   *
   * @return the addresses, with the ports that the system picked
   * @throws IOException if one of the addresses cannot be listened on, or if the TLS library cannot
   *     do what is configured; the message says which
   */
  public List<InetSocketAddress> start() throws IOException {
    protectBy(protectionBy(wantedProtection));
    List<InetSocketAddress> bound = new ArrayList<>();
    for (ListenAddress address : addresses) {
      InetSocketAddress local =
          address.host() == null
              ? new InetSocketAddress(address.port())
              : new InetSocketAddress(address.host(), address.port());
      if (local.isUnresolved()) {
        close();
        throw new IOException("cannot listen on " + address + ": its host name does not resolve");
      }
      ChannelFuture bind = bootstrap.bind(local);
      if (!bind.awaitUninterruptibly().isSuccess()) {
        close();
        throw new IOException(
            "cannot listen on " + address + ": " + bind.cause().getMessage(), bind.cause());
      }
      listening.add(bind.channel());
      bound.add((InetSocketAddress) bind.channel().localAddress());
    }
    return bound;
  }

  /**
   * Makes what can take the place of the protection in force. Takes long where that is TLS: not for
   * an event loop.
   *
   * @throws SSLException if the TLS library cannot do what {@code settings} say
   */
  public Protection protectionBy(WebProtection settings) throws SSLException {
    return protection.replacedBy(settings);
  }

  /**
   * Lets in from now on whom {@code next} lets in: each new connection, and each request of those
   * that are open. One that did not begin as {@code next} wants it is closed, at once or with the
   * answer that it waits for. May be called at any time, by any thread.
   */
  public void protectBy(Protection next) {
    if (next == protection) {
      return;
    }
    protection = next;
    connections.closeIdle(channel -> !next.admits(channel));
  }

  /** Says from now on that it is ready, until it is drained or closed. */
  public void ready() {
    ready = true;
  }

  /**
   * Stops in good order. Turns unready at once, and goes on to listen and to answer for {@code
   * delay}: whoever asks whether it is ready is told that it is not. Every answer closes its
   * connection; idle ones are left alone, for to close them would race with their next request.
   * Then stops listening, closes what is idle, and answers the requests that are being worked on.
   * Blocks until all is done, or the server closed.
   *
   * @param patience how long that may take after the delay; what is still open then is closed
   */
  public void drain(Duration delay, Duration patience) {
    draining = true;
    awaitUntil(System.nanoTime() + delay.toNanos(), closed);
    long endNanos = System.nanoTime() + patience.toNanos();
    stopListening();
    if (!delay.isZero()) {
      awaitUntil(System.nanoTime() + LAST_REQUESTS.toNanos(), connections.allClosed());
    }
    connections.takeNoMore();
    Future<Void> allClosed = connections.allClosed();
    while (!allClosed.isDone() && System.nanoTime() - endNanos < 0) {
      // Again and again: an answer from before the drain may still be on its way to a slow client.
      connections.closeIdle(channel -> true);
      awaitUntil(Math.min(endNanos, System.nanoTime() + IDLE_CHECK.toNanos()), allClosed);
    }
  }

  private static void awaitUntil(long endNanos, Future<?> future) {
    future.awaitUninterruptibly(Math.max(0, endNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
  }

  private void stopListening() {
    listening.forEach(channel -> channel.close().awaitUninterruptibly());
  }

  @Override
  public void close() {
    draining = true;
    closed.trySuccess(null);
    stopListening();
    connections.closeAll();
    metricsEndpoint.close();
    basicAuth.close();
  }

  private static ChannelInitializer<Channel> acceptHandler() {
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        channel.pipeline().addLast(HandlerNames.ACCEPT, new AcceptHandler());
      }
    };
  }

  /**
   * How many connections a turn of the loop accepts. Netty's epoll transport takes the descriptor
   * of an accepted connection for a count of bytes, and so believes after each one that no more are
   * waiting: told not to mind, it takes all that are there, each of which has its place, or is
   * closed, before the next one comes. With NIO or a loop of another thread the whole batch holds
   * descriptors first: then it is a small one.
   */
  private static ServerChannelRecvByteBufAllocator accepts(int eventLoops, Transport transport) {
    boolean oneByOne = eventLoops == 1 && transport.name().equals("epoll");
    ServerChannelRecvByteBufAllocator allocator = new ServerChannelRecvByteBufAllocator();
    allocator.respectMaybeMoreData(false).maxMessagesPerRead(oneByOne ? MANY_ACCEPTS : FEW_ACCEPTS);
    return allocator;
  }

  /** One read a turn: a client that sends without end takes its turn with the others. */
  private static AdaptiveRecvByteBufAllocator reads() {
    AdaptiveRecvByteBufAllocator allocator =
        new AdaptiveRecvByteBufAllocator(64, 1_024, READ_BUFFER);
    allocator.maxMessagesPerRead(1);
    return allocator;
  }
}
