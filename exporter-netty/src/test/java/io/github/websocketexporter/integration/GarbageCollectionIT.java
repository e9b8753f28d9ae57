package io.github.websocketexporter.integration;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.DnsSettings;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.engine.ProbeResources;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.TlsClients;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A PONG that comes while the JVM collects garbage and runs nothing else. */
@Timeout(60)
class GarbageCollectionIT {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int TRIES = 14;
  private static final int OBJECTS = 1_000_000;

  /** A collection that ends so long after the PONG would be seen in the number. */
  private static final long BEHIND_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private Object[] live = {};

  /** What the peer saw, in nanoseconds of the clock that {@link System#nanoTime()} is here. */
  private record Pong(long readNanos, long beforeNanos, long afterNanos) {}

  @Test
  void doesNotCountWithTheKernelsClock() throws Exception {
    Transport transport = Transport.select(TransportKind.EPOLL, ClockKind.KERNEL);
    EventLoopGroup loops = transport.newEventLoops(1);
    DnsSettings dns = new DnsSettings(List.of(), LIMIT, Duration.ZERO, LIMIT, Duration.ZERO);
    try (PeerProcess peer = PeerProcess.startPython("slow-pong-server.py");
        HostResolver resolver = new HostResolver(transport, dns);
        TlsClients tls = new TlsClients()) {
      tls.prepare(List.of(TlsSettings.DEFAULT));
      EventLoop loop = loops.next();
      NettyProber prober =
          NettyProber.of(loop, new ProbeResources(transport, resolver, tls, "test"), 0);
      probe(loop, prober, peer).get(20, SECONDS);
      for (int tries = 0; tries < TRIES; tries++) {
        grow();
        if (isMeasuredInACollection(loop, prober, peer)) {
          return;
        }
      }
      throw new AssertionError("no collection was long enough");
    } finally {
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
      live = new Object[0];
    }
  }

  /**
   * Whether the PONG came within the collection, long before its end; if so, the number is right.
   */
  private static boolean isMeasuredInACollection(
      EventLoop loop, NettyProber prober, PeerProcess peer) throws Exception {
    int lines = peer.lines().size();
    CompletableFuture<ProbeResult> probe = probe(loop, prober, peer);
    await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> peer.lines().size() > lines);
    long collected = collectionMillis();
    long start = System.nanoTime();
    System.gc();
    long end = System.nanoTime();
    long pauseNanos = TimeUnit.MILLISECONDS.toNanos(collectionMillis() - collected);
    RoundTrip roundTrip = requireNonNull(probe.get(20, SECONDS).roundTrip());
    await().until(() -> peer.lines().size() > lines + 1);
    Pong pong = pong(peer.lines().get(lines + 1));
    // The pause ends when System.gc() does, or almost.
    if (pong.beforeNanos() < end - pauseNanos + BEHIND_NANOS / 10
        || pong.beforeNanos() < start
        || pong.afterNanos() + BEHIND_NANOS > end) {
      return false;
    }
    assertThat(roundTrip.clock()).isEqualTo(ArrivalClock.KERNEL);
    assertThat(roundTrip.nanos())
        .as("%s, seen as %s", roundTrip, pong)
        .isGreaterThanOrEqualTo(pong.beforeNanos() - pong.readNanos())
        .isLessThan(pong.afterNanos() - pong.readNanos() + BEHIND_NANOS / 2);
    assertThat(roundTrip.uncertaintyNanos()).isLessThan(BEHIND_NANOS / 2);
    return true;
  }

  private static Pong pong(String line) {
    String[] words = line.split(" ", -1);
    return new Pong(Long.parseLong(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]));
  }

  private static CompletableFuture<ProbeResult> probe(
      EventLoop loop, NettyProber prober, PeerProcess peer) throws Exception {
    ProbeModule module = ProbeModule.builder("test", LIMIT).build();
    ProbeRequest request =
        new ProbeRequest(Target.parse("ws://127.0.0.1:" + peer.port() + "/"), module, LIMIT);
    CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    loop.execute(() -> prober.start(request, result::complete));
    return result;
  }

  /** Keeps more alive, in a chain, which the collector can only follow from one to the next. */
  private void grow() {
    for (int i = 0; i < OBJECTS; i++) {
      live = new Object[] {live};
    }
  }

  private static long collectionMillis() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }
}
