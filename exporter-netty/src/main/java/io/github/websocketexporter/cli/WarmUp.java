package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.engine.ProbeResources;
import io.github.websocketexporter.http.HttpServer;
import io.github.websocketexporter.http.LiveConfig;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has scrapes answered before anyone asks, until the code on their way is compiled: a cold JVM is
 * slow. They go the whole way, several at once on each event loop: over HTTP to a server like the
 * exporter's own, which listens on a port of the loopback for that time, and as probes from there
 * to its WebSocket. It has metrics of its own, and its probers are silent: nothing of this is
 * counted or logged.
 */
final class WarmUp {
  /** Leaves room in what {@link FileBudget} keeps: each takes four descriptors. */
  private static final int SCRAPERS = 16;

  private static final int PROBES_PER_LOOP = 5_000;
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

  private final ProbeResources resources;
  private final EventLoopGroup loops;
  private final int eventLoops;
  private final AtomicInteger probes = new AtomicInteger();
  private final AtomicInteger successes = new AtomicInteger();

  /** The server's address and port, once it listens. */
  private volatile String authority = "";

  /**
   * A warm-up of {@code loops}.
   *
   * @param resources what the exporter's own probers use
   * @param eventLoops how many they are
   */
  WarmUp(ProbeResources resources, EventLoopGroup loops, int eventLoops) {
    this.resources = resources;
    this.loops = loops;
    this.eventLoops = eventLoops;
  }

  /**
   * Warms up. Blocks until that is over.
   *
   * @param limit the longest that it may take, but for the last probes
   * @param stopping whether the exporter stops, which ends it, too
   */
  void run(BuildInfo build, Duration limit, BooleanSupplier stopping) {
    if (limit.isZero() || stopping.getAsBoolean()) {
      return;
    }
    long endNanos = System.nanoTime() + limit.toNanos();
    try (HttpServer server =
        new HttpServer(
            LiveConfig.of(config()),
            build,
            new ExporterMetrics(build),
            loops,
            resources.transport(),
            probers())) {
      scrape(server.start().get(0), limit, () -> stopping.getAsBoolean() || isPast(endNanos));
    } catch (IOException | RejectedExecutionException e) {
      LOG.atDebug().setCause(e).log("the warm-up ended early");
    }
    if (stopping.getAsBoolean()) {
      return;
    }
    if (successes.get() == 0) {
      LOG.warn("cannot warm up: the exporter does not reach a WebSocket of its own");
    } else {
      System.gc(); // The heap has grown for what is over now: it shall be as small as it can be.
    }
  }

  /** The number of probes that succeeded: some are meant to fail. */
  int successes() {
    return successes.get();
  }

  private void scrape(InetSocketAddress address, Duration limit, BooleanSupplier over) {
    authority = NetUtil.toSocketAddressString(address);
    BooleanSupplier enough =
        () -> over.getAsBoolean() || probes.incrementAndGet() > eventLoops * PROBES_PER_LOOP;
    List<Channel> scrapers = new ArrayList<>();
    for (EventExecutor loop : loops) {
      Bootstrap bootstrap =
          new Bootstrap()
              .group((EventLoop) loop)
              .channelFactory(resources.transport().socketChannels())
              .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) LIMIT.toMillis())
              .handler(WarmUpScraper.initializer(authority, enough));
      for (int i = 0; i < SCRAPERS; i++) {
        scrapers.add(bootstrap.connect(address).channel());
      }
    }
    long endNanos = System.nanoTime() + limit.plus(LIMIT).toNanos();
    for (Channel scraper : scrapers) {
      long leftNanos = Math.max(0, endNanos - System.nanoTime());
      scraper.closeFuture().awaitUninterruptibly(leftNanos, TimeUnit.NANOSECONDS);
      scraper.close();
    }
  }

  /** The defaults, whatever the user's configuration says. */
  private LoadedConfig config() {
    String host =
        NetUtil.toSocketAddressString(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    try {
      return ConfigLoader.parse(
              null,
              new ConfigLoader.Flags()
                  .set("warm-up", "web.listen-addresses", List.of(host))
                  .set("warm-up", "event-loops", String.valueOf(eventLoops))
                  .set("warm-up", "probe.timeout", LIMIT.toMillis() + "ms"))
          .read();
    } catch (InvalidConfigException e) {
      throw new IllegalStateException(e);
    }
  }

  private Function<EventLoop, Prober> probers() {
    Map<EventExecutor, Prober> byLoop = new HashMap<>();
    for (EventExecutor loop : loops) {
      byLoop.put(loop, new OwnProber(NettyProber.silent((EventLoop) loop, resources)));
    }
    return loop -> Objects.requireNonNull(byLoop.get(loop));
  }

  private static boolean isPast(long nanos) {
    return System.nanoTime() - nanos >= 0;
  }

  /** Probes the server itself, and nothing else for whoever has found it on the loopback. */
  private final class OwnProber implements Prober {
    private final Prober prober;

    OwnProber(Prober prober) {
      this.prober = prober;
    }

    @Override
    public boolean isReadyFor(ProbeRequest request) {
      return request.target().authority().equals(authority);
    }

    @Override
    public Probe start(ProbeRequest request, Consumer<ProbeResult> onResult) {
      return prober.start(
          request,
          result -> {
            if (result.success()) {
              successes.incrementAndGet();
            }
            onResult.accept(result);
          });
    }
  }
}
