package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.transport.Departure;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Promise;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends one PING and waits for its PONG. A round trip that is too unsure is measured again, and the
 * surest one counts. Removes itself when it is done.
 */
final class SinglePing extends PingExchange {
  private static final int MAX_REPEATS = 2;
  private static final int PATIENCE_ROUND_TRIPS = 4;
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final BooleanSupplier mayRepeat;
  private @Nullable Departure sent;
  private @Nullable RoundTrip surest;
  private long number;
  private int repeats;

  /**
   * A handler for the PING of one probe.
   *
   * @param mayRepeat whether there is room for PINGs that only make the number surer
   */
  SinglePing(ProbeAttempt attempt, BooleanSupplier mayRepeat, Promise<Void> done) {
    super(attempt, done);
    this.mayRepeat = mayRepeat;
  }

  @Override
  void begin(ChannelHandlerContext context) {
    if (settings.timeout() != null) {
      attempt.limit(timeoutNanos, FailureReason.PONG_TIMEOUT);
    }
    sendPing(context, attempt.stopwatch().depart());
  }

  private void sendPing(ChannelHandlerContext context, Departure departure) {
    number = ThreadLocalRandom.current().nextLong();
    sent = departure;
    send(context, number);
  }

  @Override
  void pongReceived(ChannelHandlerContext context, long answered) {
    if (sent == null || answered != number) {
      unmatched();
      return;
    }
    RoundTrip measured = attempt.stopwatch().roundTrip(context.channel(), sent);
    sent = null;
    if (isLate(measured)) {
      unmatched();
      return;
    }
    if (surest == null || measured.uncertaintyNanos() < surest.uncertaintyNanos()) {
      surest = measured;
    }
    if (isSure(surest)
        || repeats == MAX_REPEATS
        || !attempt.stopwatch().timer().canBeSurer(surest)
        || !mayRepeat.getAsBoolean()) {
      succeed(context);
    } else {
      repeats++;
      attempt.settle();
      attempt.limit(patienceNanos(surest), FailureReason.PONG_TIMEOUT);
      sendPing(context, attempt.stopwatch().departAgain());
    }
  }

  private boolean isSure(RoundTrip roundTrip) {
    return roundTrip.uncertaintyNanos() <= settings.maxUncertainty().toNanos();
  }

  /** A server that answers one PING but not the next must not hold up the answer for long. */
  private static long patienceNanos(RoundTrip roundTrip) {
    return PATIENCE_ROUND_TRIPS * roundTrip.nanos() + PATIENCE_NANOS;
  }

  @Override
  PingStatistics statistics(int unmatchedPongs) {
    return PingStatistics.single(unmatchedPongs, surest);
  }
}
