package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.transport.Departure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends several PINGs on a schedule, whether or not PONGs come, and waits until each is answered or
 * given up. They carry consecutive numbers, so that a PONG says which of them it answers, in
 * whatever order. Removes itself when it is done.
 *
 * <p>The schedule counts from the first PING and does not drift: a PING that is late does not delay
 * the next. But where the event loop was held up for longer than an interval, what it missed is not
 * sent all at once: a peer may answer only the newest of the PINGs that it has (RFC 6455, section
 * 5.5.3), and the schedule moves instead.
 */
final class PingTrain extends PingExchange {
  private final long firstNumber = ThreadLocalRandom.current().nextLong();

  /** When each PING was sent that waits for its PONG. */
  private final @Nullable Departure[] waiting;

  private final @Nullable RoundTrip[] roundTrips;
  private int sent;
  private int received;
  private int newestWaiting;
  private @Nullable Departure first;

  /** When the newest one should have been sent, from the first on. */
  private long dueNanos;

  private @Nullable Future<?> next;

  /** A handler for the PINGs of one probe. */
  PingTrain(ProbeAttempt attempt, Promise<Void> done) {
    super(attempt, done);
    waiting = new Departure[settings.count()];
    roundTrips = new RoundTrip[settings.count()];
  }

  @Override
  void begin(ChannelHandlerContext context) {
    first = attempt.stopwatch().depart();
    sendPing(context, first);
  }

  private void sendPing(ChannelHandlerContext context, Departure departure) {
    newestWaiting = sent;
    waiting[sent] = departure;
    send(context, firstNumber + sent);
    sent++;
    if (isOver()) {
      return; // It could not be sent.
    }
    if (sent < settings.count()) {
      scheduleNext(context);
    } else {
      awaitRest(context);
    }
  }

  private void scheduleNext(ChannelHandlerContext context) {
    long interval = settings.interval().toNanos();
    long now = attempt.stopwatch().sinceNanos(requireNonNull(first));
    if (now - dueNanos > interval) {
      dueNanos = now;
    }
    dueNanos += interval;
    next =
        context.executor().schedule(() -> sendNext(context), dueNanos - now, TimeUnit.NANOSECONDS);
  }

  private void sendNext(ChannelHandlerContext context) {
    if (!isOver()) {
      sendPing(context, attempt.stopwatch().departAgain());
    }
  }

  @Override
  void pongReceived(ChannelHandlerContext context, long number) {
    long index = number - firstNumber;
    Departure departure = index < 0 || index >= sent ? null : waiting[(int) index];
    if (departure == null) {
      unmatched();
      return;
    }
    waiting[(int) index] = null;
    RoundTrip measured = attempt.stopwatch().roundTrip(context.channel(), departure);
    if (isLate(measured)) {
      unmatched();
    } else {
      roundTrips[(int) index] = measured;
      received++;
      attempt.ponged((int) index + 1, measured);
    }
    if (sent == settings.count()) {
      awaitRest(context);
    }
  }

  /** All have been sent: waits for as long as the newest of those without a PONG may wait. */
  private void awaitRest(ChannelHandlerContext context) {
    while (newestWaiting >= 0 && waiting[newestWaiting] == null) {
      newestWaiting--;
    }
    boolean enough = settings.isEnough(received);
    if (newestWaiting < 0 && enough) {
      succeed(context);
      return;
    }
    FailureReason shortfall = received == 0 ? FailureReason.PONG_TIMEOUT : FailureReason.PONG_LOSS;
    if (newestWaiting < 0) {
      attempt.fail(new ProbeFailure(shortfall));
      return;
    }
    if (enough) {
      attempt.settle();
    }
    Departure newest = requireNonNull(waiting[newestWaiting]);
    attempt.limit(timeoutNanos - attempt.stopwatch().sinceNanos(newest), shortfall);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    if (next != null) {
      next.cancel(false);
    }
  }

  @Override
  PingStatistics statistics(int unmatchedPongs) {
    return PingStatistics.several(
        sent, unmatchedPongs, Arrays.stream(roundTrips).filter(Objects::nonNull).toList());
  }
}
