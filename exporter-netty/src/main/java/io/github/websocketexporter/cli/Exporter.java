package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.engine.ProbeResources;
import io.github.websocketexporter.http.HttpServer;
import io.github.websocketexporter.http.LiveConfig;
import io.github.websocketexporter.http.Protection;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.session.Sessions;
import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.LoopDelay;
import io.github.websocketexporter.transport.NamesAndTls;
import io.github.websocketexporter.transport.TlsClients;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole exporter, wired: event loops, a prober for each, the sessions that these open, and the
 * HTTP server in front of them.
 */
final class Exporter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Exporter.class);
  private static final Duration AFTER_LONGEST_PROBE = Duration.ofSeconds(1);

  /** What peers of held connections have to say goodbye in, and the event loops to hear it. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(3);

  private final LiveConfig live;

  /** What was in force at the start. */
  private final ExporterConfig config;

  private final BuildInfo build;
  private final Transport transport;
  private final EventLoopGroup loops;
  private final Promise<NamesAndTls> namesAndTls = ImmediateEventExecutor.INSTANCE.newPromise();
  private final ProbeResources resources;
  private final ExporterMetrics metrics;
  private final Sessions sessions;
  private final HttpServer server;
  private List<InetSocketAddress> addresses = List.of();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Held by the warm-up, which hands work to the event loops: they are not ended meanwhile. */
  private final Object warmingUp = new Object();

  private volatile boolean stopping;

  /**
   * Wires an exporter that does not listen yet.
   *
   * @param live what is in force
   * @throws UnsupportedOperationException if the transport is not available here
   */
  Exporter(LiveConfig live, BuildInfo build, ExporterMetrics metrics) {
    this.live = live;
    this.config = live.current().config();
    this.build = build;
    this.metrics = metrics;
    transport = Transport.select(config.transport(), config.clock());
    metrics.clockChosen(transport.arrivals().clock());
    loops = transport.newEventLoops(config.eventLoops());
    resources = new ProbeResources(transport, namesAndTls, "websocket-exporter/" + build.version());
    Map<EventLoop, NettyProber> probers = probers();
    sessions = new Sessions(probers, config.sessions(), metrics, NanoClock.SYSTEM);
    server = new HttpServer(live, build, metrics, loops, transport, scrapes(probers));
  }

  /**
   * Starts to listen. Probes of literal addresses without TLS are answered from now on, others
   * after {@link #prepare}: until then with a 503.
   *
   * @return the addresses
   * @throws IOException if it cannot
   */
  List<InetSocketAddress> start() throws IOException {
    addresses = server.start();
    loops.forEach(loop -> LoopDelay.sample(loop, metrics::loopDelayed));
    return addresses;
  }

  /**
   * Makes what takes long and the first answer can do without: TLS, the resolvers of names, the
   * metrics of the JVM. Says that it listens when that has gone well.
   *
   * @throws SSLException if the trust store cannot be read, or the TLS library cannot do what a
   *     module asks for
   */
  void prepare() throws SSLException {
    TlsClients tls = new TlsClients();
    tls.prepare(tlsOf(config));
    namesAndTls.setSuccess(new NamesAndTls(new HostResolver(transport, config.dns()), tls));
    metrics.watchPlatform();
    if (stopping) {
      return;
    }
    for (InetSocketAddress address : addresses) {
      LOG.atInfo()
          .addKeyValue("address", address.getAddress().getHostAddress())
          .addKeyValue("port", address.getPort())
          .addKeyValue("version", build.version())
          .addKeyValue("transport", transport.name())
          .addKeyValue("clock", transport.arrivals().clock().label())
          .addKeyValue("tls", tls.provider())
          .log("listening");
    }
  }

  /**
   * Makes what {@code next} needs. Takes long: not for an event loop. Only after {@link #prepare}.
   *
   * @return to be called when it is in force: lets go what only older ones needed, when each event
   *     loop has begun the last probe by one of these
   * @throws SSLException if it cannot be made; nothing has changed then
   */
  Runnable prepareFor(ExporterConfig next) throws SSLException {
    Protection protection = server.protectionBy(next.web().protection());
    namesAndTls.getNow().tls().prepare(tlsOf(next));
    return () -> {
      server.protectBy(protection);
      forgetTlsBut(tlsOf(next));
    };
  }

  private void forgetTlsBut(Set<TlsSettings> inForce) {
    if (!loops.isShuttingDown()) {
      loops.forEach(loop -> loop.submit(() -> {}).awaitUninterruptibly());
      inForce.addAll(sessions.tlsSettings());
      namesAndTls.getNow().tls().retain(inForce);
    }
  }

  /** The warm-up speaks TLS by the defaults. */
  static Set<TlsSettings> tlsOf(ExporterConfig config) {
    Set<TlsSettings> all = new HashSet<>(Set.of(TlsSettings.DEFAULT));
    config.modules().values().forEach(module -> all.add(module.tls()));
    return all;
  }

  /**
   * Warms up, then says that it is ready, unless it is being stopped. Blocks for as long as that
   * takes.
   */
  void warmUp() {
    long start = System.nanoTime();
    synchronized (warmingUp) {
      new WarmUp(resources, loops, config.eventLoops()).run(build, config.warmUp(), () -> stopping);
    }
    if (stopping) {
      return;
    }
    server.ready();
    LOG.atInfo()
        .addKeyValue("after", Duration.ofNanos(System.nanoTime() - start).toMillis() + "ms")
        .log("ready");
  }

  /**
   * Goes on for the configured delay, unready, then answers what is being worked on and stops.
   * Blocks for as long as that and the longest probe may take.
   */
  void drain() {
    drain(config.web().shutdownDelay());
  }

  /** The same without the delay. */
  void drainWithoutDelay() {
    drain(Duration.ZERO);
  }

  private void drain(Duration delay) {
    stopping = true;
    LOG.atInfo().addKeyValue("delay", delay.toMillis() + "ms").log("draining");
    server.drain(
        delay,
        live.current().config().modules().values().stream()
            .map(ProbeModule::timeout)
            .max(Duration::compareTo)
            .orElse(Duration.ZERO)
            .plus(AFTER_LONGEST_PROBE));
    close();
    LOG.info("stopped");
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    stopping = true;
    server.close();
    sessions.close().completeOnTimeout(null, LAST_WORDS.toSeconds(), TimeUnit.SECONDS).join();
    synchronized (warmingUp) {
      loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
    namesAndTls.addListener(made -> namesAndTls.getNow().close());
  }

  private Map<EventLoop, NettyProber> probers() {
    int maxInFlight = config.probe().maxInFlight() / config.eventLoops();
    Map<EventLoop, NettyProber> byLoop = new LinkedHashMap<>();
    for (EventExecutor each : loops) {
      EventLoop loop = (EventLoop) each;
      byLoop.put(loop, NettyProber.of(loop, resources, maxInFlight));
    }
    return byLoop;
  }

  private Function<EventLoop, Prober> scrapes(Map<EventLoop, NettyProber> probers) {
    Map<EventLoop, Prober> byLoop = new HashMap<>();
    probers.forEach((loop, prober) -> byLoop.put(loop, sessions.proberOf(loop, prober)));
    return loop -> Objects.requireNonNull(byLoop.get(loop));
  }
}
