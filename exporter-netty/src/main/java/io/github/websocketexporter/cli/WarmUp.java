package io.github.websocketexporter.cli;

import io.github.websocketexporter.metrics.ExpositionFormat;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.probe.Target;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the exporter's own WebSocket, one probe after the other on each event loop, and renders
 * the answers, until the code of a probe is compiled: the first probes of a cold JVM take longer.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final int PROBES = 2_000;
  private static final Duration LIMIT = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final Prober prober;
  private final ProbeRequest request;
  private final long endNanos;
  private final BooleanSupplier stopping;
  private final Promise<Void> done;
  private int probes;
  private int failures;

  private WarmUp(
      EventLoop loop,
      Prober prober,
      ProbeRequest request,
      long endNanos,
      BooleanSupplier stopping) {
    this.loop = loop;
    this.prober = prober;
    this.request = request;
    this.endNanos = endNanos;
    this.stopping = stopping;
    done = loop.newPromise();
  }

  /**
   * Warms up {@code loops}, all at once. Blocks until that is over.
   *
   * @param probers makes the prober of a loop
   * @param address that the exporter listens on
   * @param limit the longest that it may take, but for the last probe
   * @param stopping whether the exporter stops, which ends it, too
   */
  static void run(
      Iterable<EventExecutor> loops,
      Function<EventLoop, Prober> probers,
      InetSocketAddress address,
      Duration limit,
      BooleanSupplier stopping) {
    ProbeRequest request = request(address);
    long endNanos = System.nanoTime() + limit.toNanos();
    List<Future<Void>> all = new ArrayList<>();
    for (EventExecutor each : loops) {
      EventLoop loop = (EventLoop) each;
      WarmUp warmUp = new WarmUp(loop, probers.apply(loop), request, endNanos, stopping);
      try {
        loop.execute(warmUp::next);
      } catch (RejectedExecutionException e) {
        return; // stopped already
      }
      all.add(warmUp.done);
    }
    long patienceMillis = limit.plus(LIMIT).toMillis();
    all.forEach(each -> each.awaitUninterruptibly(patienceMillis));
  }

  private static ProbeRequest request(InetSocketAddress address) {
    InetAddress host =
        address.getAddress().isAnyLocalAddress()
            ? InetAddress.getLoopbackAddress()
            : address.getAddress();
    String authority =
        NetUtil.toSocketAddressString(new InetSocketAddress(host, address.getPort()));
    ProbeModule module =
        new ProbeModule(
            "warm-up",
            LIMIT,
            new AddressPreference(AddressFamily.IP4, true),
            new PingSettings(Duration.ofMillis(1)));
    try {
      return new ProbeRequest(Target.parse("ws://" + authority + "/-/websocket"), module, LIMIT);
    } catch (InvalidTargetException e) {
      throw new IllegalStateException(e);
    }
  }

  private void next() {
    boolean stops = stopping.getAsBoolean();
    if (probes < PROBES && !stops && System.nanoTime() - endNanos < 0) {
      probes++;
      prober.start(request, this::ended);
      return;
    }
    if (failures > 0 && failures == probes && !stops) {
      LOG.warn("cannot warm up: the exporter does not reach its own WebSocket");
    }
    done.setSuccess(null);
  }

  private void ended(ProbeResult result) {
    try {
      ProbeMetrics.write(result, ExpositionFormat.TEXT, OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new UncheckedIOException("writing to nowhere does not fail", e);
    }
    if (!result.success()) {
      failures++;
    }
    loop.execute(this::next);
  }
}
