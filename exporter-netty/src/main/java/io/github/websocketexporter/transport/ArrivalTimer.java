package io.github.websocketexporter.transport;

import static io.github.websocketexporter.transport.ZeroCopyReceive.NO_STAMP;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.TcpFacts;
import io.netty.buffer.ByteBuf;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.RecvByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times how long the peer of one connection takes to answer: the first handler of a probe's
 * pipeline, before decryption and decoding. Confined to its channel's event loop.
 *
 * <p>Each read is stamped twice where that can be: by the kernel when its last byte came in, and by
 * the loop when it was read, together with the earliest moment at which it can have come in. A
 * round trip is measured by whichever of the two is surer:
 *
 * <ul>
 *   <li>The kernel's is unsure by the time that handing over the message took, by a microsecond,
 *       and by what the wall clock moved against the monotonic one meanwhile, up or down. Where
 *       bytes follow the answer in the same read, the stamp is theirs, and the answer may have come
 *       at any time since the loop last asked what is ready.
 *   <li>The loop's is unsure by the time that handing over the message took, and by how late the
 *       bytes may have been read.
 * </ul>
 *
 * <p>The kernel's stamp is not believed where it contradicts what else is known: an arrival before
 * the departure, after the read, or, where that is long before the read, at another time than by
 * the kernel's own count of how long ago data came. A wall clock that is set by less than a tick of
 * that count and back again within one round trip is not seen.
 */
public final class ArrivalTimer extends ChannelDuplexHandler {
  /** Netty would read up to 64 KiB at once. */
  private static final RecvByteBufAllocator UNSTAMPED =
      new AdaptiveRecvByteBufAllocator(64, 2_048, StampedReceive.USUAL_BYTES)
          .maxMessagesPerRead(ProbeChannel.MAX_READS);

  /** What a stamp of the kernel's itself may be wrong by. */
  private static final long STAMP_NANOS = 1_000;

  /** The kernel counts how long ago data came in steps of up to 10 ms. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final NanoClock clock;
  private final WallClock wall;
  private final LoopWatch watch;

  private @Nullable StampedReceive receive;
  private @Nullable Departure departing;
  private @Nullable TcpInfo info;
  private long infoTurn;
  private long readNanos;
  private long readEpochNanos;
  private long stampEpochNanos = NO_STAMP;
  private long floorNanos;
  private long floorIfStoppedNanos;
  private int reads;
  private boolean roomLeft;
  private boolean drained = true;

  /** A timer for one connection on the loop that {@code watch} is over. */
  ArrivalTimer(NanoClock clock, WallClock wall, LoopWatch watch) {
    this.clock = clock;
    this.wall = wall;
    this.watch = watch;
    readNanos = clock.nanoTime();
    floorNanos = readNanos;
    floorIfStoppedNanos = readNanos;
  }

  /** Takes the stamps from a channel that has them, and bounds the reads of any other. */
  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    if (context.channel() instanceof ProbeChannel channel) {
      receive = channel.receive();
    } else {
      context.channel().config().setRecvByteBufAllocator(UNSTAMPED);
    }
  }

  /**
   * Notes that a message is about to be written and flushed which the peer will answer, and awaits
   * the answer. It departs when the flush comes here, encoded and encrypted. The answers to several
   * may be awaited at a time.
   */
  public Departure depart() {
    departing = listen();
    return departing;
  }

  /** Awaits what the peer is to send unasked, as if it were the answer to something sent now. */
  public Departure listen() {
    if (receive != null) {
      receive.await(true);
    }
    return new Departure(clock, wall);
  }

  @Override
  public void flush(ChannelHandlerContext context) {
    Departure departure = departing;
    departing = null;
    if (departure != null) {
      departure.flushing();
    }
    context.flush();
    if (departure != null) {
      departure.flushed();
    }
  }

  /** No answer is awaited any more. */
  public void rest() {
    if (receive != null) {
      receive.await(false);
    }
  }

  /**
   * How long the answer to {@code sent} took, which a handler behind this one has just found in
   * what was read last.
   *
   * @param bytesFollow whether more bytes were read behind the answer
   */
  public RoundTrip roundTrip(Channel channel, Departure sent, boolean bytesFollow) {
    long floor = Math.max(bytesFollow ? floorIfStoppedNanos : floorNanos, sent.nanos());
    long kernelNanos = trustedKernelNanos(channel, sent);
    if (kernelNanos == NO_STAMP) {
      long lateness = readNanos - floor;
      long seen = dataBeforeRead(channel).atMostNanos();
      return byLoop(sent, seen - TICK_NANOS > lateness ? seen + TICK_NANOS : lateness);
    }
    long arrival = sent.nanos() + kernelNanos;
    long drift = driftNanos(sent);
    long following = bytesFollow ? Math.max(0, arrival - floor) : 0;
    long nanos = Math.min(readNanos - sent.nanos(), kernelNanos + drift);
    long uncertainty = Math.min(nanos, sent.flushNanos() + STAMP_NANOS + 2 * drift + following);
    RoundTrip byLoop = byLoop(sent, readNanos - Math.min(floor, arrival));
    return uncertainty <= byLoop.uncertaintyNanos()
        ? new RoundTrip(nanos, uncertainty, ArrivalClock.KERNEL)
        : byLoop;
  }

  private RoundTrip byLoop(Departure sent, long latenessNanos) {
    long nanos = Math.max(0, readNanos - sent.nanos());
    long uncertainty = Math.min(nanos, sent.flushNanos() + latenessNanos);
    return new RoundTrip(nanos, uncertainty, ArrivalClock.LOOP);
  }

  /**
   * Whether another round trip may well be surer than {@code measured} is. It is not where it is
   * the loop's wake-ups that are so late: the next one is no better.
   */
  public boolean canBeSurer(RoundTrip measured) {
    return measured.uncertaintyNanos() > 2 * watch.lateWakeUpNanos();
  }

  /**
   * The kernel's view of the connection; null where it is not connected or the transport has none.
   * What a round trip was compared with in the same turn of the event loop is not asked for again.
   */
  public @Nullable TcpFacts tcpFacts(Channel channel) {
    TcpInfo known = info;
    if (known == null || infoTurn != watch.turn()) {
      known = TcpInfo.of(channel);
    }
    return known == null ? null : known.facts();
  }

  /**
   * When the answer to {@code sent} arrived, which a handler behind this one has just found in what
   * was read last: the end of a phase. It costs no system call, and is taken for what it is: a wall
   * clock that is set and set back within the phase is not seen.
   */
  public long arrivalNanos(Departure sent) {
    long kernelNanos = kernelNanos(sent);
    return kernelNanos == NO_STAMP
        ? Math.max(sent.nanos(), readNanos)
        : Math.min(readNanos, sent.nanos() + kernelNanos + driftNanos(sent));
  }

  /** The round trip by the kernel's stamp, if there is one between departure and read. */
  private long kernelNanos(Departure sent) {
    if (stampEpochNanos == NO_STAMP) {
      return NO_STAMP;
    }
    long nanos = stampEpochNanos - sent.epochNanos();
    return nanos <= 0 || nanos > readNanos - sent.nanos() ? NO_STAMP : nanos;
  }

  /**
   * The same, if it is to be believed: where the loop was late, or the wall clock was set, the
   * kernel's own count tells which.
   */
  private long trustedKernelNanos(Channel channel, Departure sent) {
    long nanos = kernelNanos(sent);
    long beforeRead = readNanos - sent.nanos() - nanos;
    return nanos == NO_STAMP
            || beforeRead <= TICK_NANOS
            || dataBeforeRead(channel).allows(beforeRead)
        ? nanos
        : NO_STAMP;
  }

  /** By what the wall clock moved against the monotonic one since the departure. */
  private long driftNanos(Departure sent) {
    return Math.abs((readEpochNanos - readNanos) - (sent.epochNanos() - sent.nanos()));
  }

  /**
   * How long before the newest read data came in, by the kernel's count: unsure by how long the
   * loop's thread was held up, such as by a garbage collection, while it asked.
   */
  private record DataBeforeRead(long atLeastNanos, long atMostNanos) {
    static final DataBeforeRead UNKNOWN = new DataBeforeRead(-TICK_NANOS, -TICK_NANOS);

    boolean allows(long nanos) {
      return atLeastNanos - TICK_NANOS <= nanos && nanos <= atMostNanos + TICK_NANOS;
    }
  }

  private DataBeforeRead dataBeforeRead(Channel channel) {
    long before = clock.nanoTime();
    TcpInfo now = TcpInfo.of(channel);
    long after = clock.nanoTime();
    info = now;
    infoTurn = watch.turn();
    return now == null
        ? DataBeforeRead.UNKNOWN
        : new DataBeforeRead(
            now.sinceDataNanos() - (after - readNanos),
            now.sinceDataNanos() - (before - readNanos));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    readNanos = clock.nanoTime();
    stampEpochNanos = receive == null ? NO_STAMP : receive.stampEpochNanos();
    if (stampEpochNanos != NO_STAMP) {
      readEpochNanos = wall.epochNanos();
    }
    if (reads == 0 && drained) {
      floorNanos = watch.floorNanos();
      floorIfStoppedNanos = watch.floorIfStoppedNanos();
    }
    reads++;
    roomLeft = ((ByteBuf) message).isWritable();
    context.fireChannelRead(message);
  }

  /** Whether there may be more in the socket than was read, for all that is known. */
  public boolean hasMoreToRead() {
    return !drained;
  }

  /** Bytes that were left behind may be as old as those before them. */
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    drained = reads < ProbeChannel.MAX_READS || roomLeft;
    reads = 0;
    context.fireChannelReadComplete();
  }
}
