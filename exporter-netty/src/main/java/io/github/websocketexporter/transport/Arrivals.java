package io.github.websocketexporter.transport;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.NanoClock;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerFactory;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clocks that stamp the arrival of a peer's bytes: the kernel's, where it is there, and the
 * event loop's own with a watch over each loop. Safe for use by several threads; what belongs to a
 * loop is confined to it.
 */
public final class Arrivals {
  private static final Logger LOG = LoggerFactory.getLogger(Arrivals.class);

  private final ArrivalClock clock;
  private final NanoClock nanos;
  private final WallClock wall;
  private final Map<Object, PerLoop> loops = new ConcurrentHashMap<>();

  /** What the connections of one event loop share. */
  private record PerLoop(LoopWatch watch, @Nullable ZeroCopyReceive kernel) {}

  /** Stamps by {@code clock}. */
  Arrivals(ArrivalClock clock, NanoClock nanos, WallClock wall) {
    this.clock = clock;
    this.nanos = nanos;
    this.wall = wall;
  }

  /**
   * Chooses the clock that {@code kind} asks for.
   *
   * @param transport what carries the connections; only epoll can ask the kernel
   * @throws UnsupportedOperationException if this machine does not have it
   */
  static Arrivals select(ClockKind kind, TransportKind transport) {
    String whyNot =
        transport == TransportKind.NIO
            ? "it needs the epoll transport, and this is nio"
            : KernelClock.whyNot();
    if (kind == ClockKind.KERNEL && whyNot != null) {
      throw new UnsupportedOperationException(
          "the kernel's clock is not available here: " + whyNot);
    }
    if (kind == ClockKind.AUTO && transport == TransportKind.EPOLL && whyNot != null) {
      LOG.atInfo().addKeyValue("because", whyNot).log("the kernel's clock is not available");
    }
    return new Arrivals(
        kind != ClockKind.LOOP && whyNot == null ? ArrivalClock.KERNEL : ArrivalClock.LOOP,
        NanoClock.SYSTEM,
        WallClock.SYSTEM);
  }

  /** What stamps arrivals wherever it can. */
  public ArrivalClock clock() {
    return clock;
  }

  /** The monotonic clock that round trips are measured by. */
  public NanoClock nanoClock() {
    return nanos;
  }

  /**
   * Puts a watch over each event loop that is made with {@code handlers}. Where the kernel stamps,
   * it does without the loop's wait for a core, for which the system must be asked.
   *
   * @param batch how many ready sockets one wait of such a loop can report at most
   */
  IoHandlerFactory watched(IoHandlerFactory handlers, int batch) {
    return loop -> {
      boolean stamped = clock == ArrivalClock.KERNEL;
      CoreWait coreWait = new CoreWait();
      LoopWatch watch = new LoopWatch(nanos, batch, coreWait);
      loops.put(loop, new PerLoop(watch, stamped ? new ZeroCopyReceive() : null));
      IoHandler handler = handlers.newHandler(loop);
      return new WatchedIoHandler(handler, watch, stamped ? null : coreWait);
    };
  }

  /** A timer for one connection on {@code loop}, one that {@link Transport#newEventLoops} made. */
  public ArrivalTimer newTimer(EventLoop loop) {
    return new ArrivalTimer(nanos, wall, sharedBy(loop).watch());
  }

  /**
   * A channel for one connection on {@code loop}, one that {@link Transport#newEventLoops} made and
   * that is an epoll loop.
   *
   * @param peer what it will be connected to
   * @throws io.netty.channel.ChannelException if the system has no socket for it
   */
  Channel newChannel(EventLoop loop, InetAddress peer) {
    PerLoop shared = sharedBy(loop);
    boolean stamped = clock == ArrivalClock.KERNEL;
    return new ProbeChannel(ProbeSocket.open(peer, stamped), shared.watch(), shared.kernel());
  }

  /** For how long {@code loop} has slept in all, in nanoseconds. Asked on it. */
  public long sleptNanos(EventLoop loop) {
    return sharedBy(loop).watch().sleptNanos();
  }

  /** How often {@code loop} has asked for what is ready. Asked on it. */
  public long turns(EventLoop loop) {
    return sharedBy(loop).watch().turn();
  }

  private PerLoop sharedBy(EventLoop loop) {
    return requireNonNull(loops.get(loop));
  }
}
