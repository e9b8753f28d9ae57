package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.DnsSettings;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober.Probe;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.testing.Pause;
import io.github.websocketexporter.transport.Departure;
import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.OpenHandshakes;
import io.github.websocketexporter.transport.TlsClients;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * One event loop and a prober on it. When it is closed, it asserts that each probe gave exactly one
 * result, and that no connection and no TLS handshake is left once the servers are gone.
 */
final class ProbeRunner implements AutoCloseable {
  /** So few probes at a time that no round trip is ever measured again. */
  static final int NO_REPEATS = 0;

  static final String USER_AGENT = "websocket-exporter/test";

  /** Long enough for a probe that does not wait for its deadline. */
  static final Duration AMPLE = Duration.ofSeconds(20);

  /** Short enough for a test that waits for it. */
  static final Duration SHORT = Duration.ofMillis(300);

  static final AddressPreference PREFER_IP4 = new AddressPreference(AddressFamily.IP4, true);

  private final TlsClients tls;
  private final EventLoopGroup loops;
  private final EventLoop loop;
  private final HostResolver resolver;
  private final NettyProber prober;
  private final Queue<Channel> channels = new ConcurrentLinkedQueue<>();
  private final Queue<Running> started = new ConcurrentLinkedQueue<>();

  /** Runs over the system's name servers. */
  ProbeRunner(TransportKind kind) throws SSLException {
    this(kind, new TlsClients(), List.of());
  }

  /**
   * Runs over the given name servers.
   *
   * @param tls is closed together with this
   */
  ProbeRunner(TransportKind kind, TlsClients tls, List<InetSocketAddress> nameServers) {
    this(Transport.select(kind, ClockKind.AUTO), tls, nameServers, Duration.ofSeconds(5));
  }

  /**
   * Runs over the given transport and name servers.
   *
   * @param tls is closed together with this
   * @param queryTimeout the longest that one query of theirs may take
   */
  ProbeRunner(
      Transport base, TlsClients tls, List<InetSocketAddress> nameServers, Duration queryTimeout) {
    this(base, tls, nameServers, queryTimeout, NO_REPEATS);
  }

  /**
   * Runs over the given transport and the system's name servers.
   *
   * @param tls is closed together with this
   * @param maxInFlight while more than half as many probes run, no round trip is measured again
   */
  ProbeRunner(Transport base, TlsClients tls, int maxInFlight) {
    this(base, tls, List.of(), Duration.ofSeconds(5), maxInFlight);
  }

  private ProbeRunner(
      Transport base,
      TlsClients tls,
      List<InetSocketAddress> nameServers,
      Duration queryTimeout,
      int maxInFlight) {
    this.tls = tls;
    Transport transport = recording(base);
    loops = transport.newEventLoops(1);
    loop = loops.next();
    resolver =
        new HostResolver(
            transport,
            new DnsSettings(
                nameServers, queryTimeout, Duration.ZERO, Duration.ofSeconds(30), Duration.ZERO));
    prober =
        NettyProber.of(loop, new ProbeResources(transport, resolver, tls, USER_AGENT), maxInFlight);
  }

  /** The transport, with a record of the client channels that it makes. */
  private Transport recording(Transport transport) {
    return new Transport(
        transport.name(),
        transport.ioHandlers(),
        transport.readyBatch(),
        (loop, peer) -> {
          Channel channel = transport.probeChannels().newChannel(loop, peer);
          channels.add(channel);
          return channel;
        },
        transport.socketChannels(),
        transport.serverChannels(),
        transport.datagramChannels(),
        transport.arrivals());
  }

  /** The transports that this machine has. */
  static Stream<TransportKind> transports() {
    return Epoll.isAvailable()
        ? Stream.of(TransportKind.EPOLL, TransportKind.NIO)
        : Stream.of(TransportKind.NIO);
  }

  /** A probe that was started here. */
  final class Running {
    private final CompletableFuture<ProbeResult> result = new CompletableFuture<>();
    private final CompletableFuture<Probe> probe = new CompletableFuture<>();
    private final AtomicInteger results = new AtomicInteger();

    /** Waits for the result. */
    ProbeResult result() {
      return await(result);
    }

    /** Whether there is a result yet. */
    boolean ended() {
      return result.isDone();
    }

    /** How many results were given so far. */
    int results() {
      return results.get();
    }

    /** Cancels the probe, on its loop, and waits until that is done. */
    void cancel() {
      loop.submit(() -> await(probe).cancel()).syncUninterruptibly();
    }
  }

  /** A connection that was asked for here, to be held. */
  final class Held implements HeldConnection.Holder {
    private final CompletableFuture<ProbeResult> opened = new CompletableFuture<>();
    private final CompletableFuture<End> ended = new CompletableFuture<>();
    private final BlockingQueue<Long> answers = new LinkedBlockingQueue<>();
    private final AtomicInteger unmatched = new AtomicInteger();
    private final BlockingQueue<RoundTrip> roundTrips = new LinkedBlockingQueue<>();
    private @Nullable HeldConnection connection;
    private @Nullable Departure newest;

    /** How it ended. */
    record End(Failure failure, String closeCode) {}

    @Override
    public void opened(ProbeResult result, @Nullable HeldConnection held) {
      assertThat(loop.inEventLoop()).isTrue();
      connection = held;
      assertThat(opened.complete(result)).isTrue();
    }

    @Override
    public void answered(long number) {
      if (newest != null) {
        roundTrips.add(requireNonNull(connection).roundTrip(newest));
      }
      answers.add(number);
    }

    @Override
    public void unmatched() {
      unmatched.incrementAndGet();
    }

    @Override
    public void ended(Failure failure, String closeCode) {
      assertThat(ended.complete(new End(failure, closeCode))).isTrue();
    }

    /** Waits until it is open, or has failed to open. */
    ProbeResult result() {
      return await(opened);
    }

    /** Waits for its end. */
    End end() {
      return await(ended);
    }

    boolean hasEnded() {
      return ended.isDone();
    }

    /** Sends a beat. */
    void beat(long number) {
      loop.submit(() -> newest = requireNonNull(connection).beat(number)).syncUninterruptibly();
    }

    /** Waits for the number of the next answer. */
    long answer() throws InterruptedException {
      return requireNonNull(answers.poll(20, SECONDS), "no answer came");
    }

    /** The round trip of the answer that came. */
    RoundTrip roundTrip() {
      return roundTrips.remove();
    }

    /** Whether no answer has come that was not taken. */
    boolean isUnanswered() {
      return answers.isEmpty();
    }

    /** How many PONGs came that can answer nothing. */
    int unmatchedPongs() {
      return unmatched.get();
    }

    /** Closes it, and waits until it is gone. */
    void close(int code) {
      Future<Future<Void>> closing =
          loop.submit(() -> requireNonNull(connection).close(code)).syncUninterruptibly();
      closing.getNow().syncUninterruptibly();
    }
  }

  /** Opens a connection to be held. */
  Held hold(String target, ProbeModule module) {
    prepareFor(module);
    Held held = new Held();
    loop.execute(() -> prober.open(request(target, AMPLE, module), held));
    return held;
  }

  /** The event loop, held up until it is let go. */
  final class Stall implements AutoCloseable {
    private final CompletableFuture<Boolean> holding = new CompletableFuture<>();
    private final CompletableFuture<Duration> rest = new CompletableFuture<>();

    private Stall() {
      loop.execute(
          () -> {
            holding.complete(true);
            Pause.of(await(rest));
          });
      await(holding);
    }

    /** Lets the loop go, but only in a while from now. Returns at once. */
    void goIn(Duration duration) {
      rest.complete(duration);
    }

    @Override
    public void close() {
      goIn(Duration.ZERO);
    }
  }

  /** Holds up the event loop, from now on. */
  Stall stall() {
    return new Stall();
  }

  /** The connections that probes have open, or are opening. */
  List<Channel> openChannels() {
    return channels.stream().filter(Channel::isOpen).toList();
  }

  /** How many connections probes have opened, or tried to. */
  int openedChannels() {
    return channels.size();
  }

  /** How many TLS handshakes have begun and are not over. */
  int openHandshakes() {
    return OpenHandshakes.of(tls);
  }

  /** Forgets how TLS was spoken so far, as a reload does that changes all modules. */
  void forgetTls() {
    tls.retain(List.of());
  }

  /** Starts a probe. */
  Running start(String target, Duration limit) {
    return start(request(target, limit, PREFER_IP4), result -> {});
  }

  /** Starts a probe whose result is first given to {@code onLoop}, on the loop. */
  Running start(ProbeRequest request, Consumer<ProbeResult> onLoop) {
    prepareFor(request.module());
    Running running = new Running();
    started.add(running);
    loop.execute(
        () ->
            running.probe.complete(
                prober.start(
                    request,
                    result -> {
                      assertThat(loop.inEventLoop()).isTrue();
                      running.results.incrementAndGet();
                      onLoop.accept(result);
                      running.result.complete(result);
                    })));
    return running;
  }

  /**
   * Starts a probe out of so many listeners of promises, each called by the one before it: Netty
   * leaves the deepest of them to a later task.
   */
  Running startBelow(int listeners, String target) {
    Running running = new Running();
    started.add(running);
    ProbeRequest request = request(target, AMPLE, PREFER_IP4);
    prepareFor(request.module());
    loop.execute(
        () ->
            nest(
                listeners,
                () ->
                    running.probe.complete(
                        prober.start(
                            request,
                            result -> {
                              running.results.incrementAndGet();
                              running.result.complete(result);
                            }))));
    return running;
  }

  private void prepareFor(ProbeModule module) {
    try {
      tls.prepare(List.of(module.tls()));
    } catch (SSLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private void nest(int listeners, Runnable task) {
    if (listeners == 0) {
      task.run();
      return;
    }
    loop.<Void>newPromise().addListener(done -> nest(listeners - 1, task)).setSuccess(null);
  }

  /** Runs a probe to its end. */
  ProbeResult probe(String target, Duration limit) {
    return start(target, limit).result();
  }

  /** Runs a probe, which has ample time, to its end. */
  ProbeResult probe(String target) {
    return probe(target, AMPLE);
  }

  /** Runs a probe with {@code module}, which has ample time, to its end. */
  ProbeResult probe(String target, ProbeModule module) {
    return start(request(target, AMPLE, module), result -> {}).result();
  }

  /** What a probe is asked. */
  static ProbeRequest request(String target, Duration limit, AddressPreference addresses) {
    return request(target, limit, ProbeModule.builder("test", AMPLE).addresses(addresses).build());
  }

  /** What a probe is asked. */
  static ProbeRequest request(String target, Duration limit, ProbeModule module) {
    try {
      return new ProbeRequest(Target.parse(target), module, limit);
    } catch (InvalidTargetException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** Waits for a value; fails where it takes far too long. */
  static <T> T await(CompletableFuture<T> future) {
    try {
      return future.get(30, SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    resolver.close();
    Awaitility.await("the probes' connections are closed")
        .atMost(Duration.ofSeconds(5))
        .pollInterval(Duration.ofMillis(5))
        .until(() -> openChannels().isEmpty());
    loop.submit(() -> {}).syncUninterruptibly();
    loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    assertThat(openHandshakes()).as("TLS handshakes that are not over").isZero();
    tls.close();
    assertThat(started).allSatisfy(each -> assertThat(each.results()).isEqualTo(1));
  }
}
