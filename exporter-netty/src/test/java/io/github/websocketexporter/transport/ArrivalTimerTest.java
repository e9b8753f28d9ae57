package io.github.websocketexporter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a message departs. */
class ArrivalTimerTest {
  private static final long FLUSH_NANOS = 7_000;
  private static final long WORK_NANOS = 300_000;

  private long now = 1_000_000_000;
  private final LoopWatch watch = new LoopWatch(() -> now, 2, () -> 0);
  private final ArrivalTimer timer = new ArrivalTimer(() -> now, () -> now, watch);
  private final EmbeddedChannel channel = new EmbeddedChannel(new SlowSocket(), timer);

  private final class SlowSocket extends ChannelOutboundHandlerAdapter {
    @Override
    public void flush(ChannelHandlerContext context) {
      now += FLUSH_NANOS;
      context.flush();
    }
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void aMessageDepartsWhenItIsEncodedAndEncrypted() {
    Departure departure = timer.depart();
    now += WORK_NANOS;
    long flushed = now;
    channel.flush();
    assertThat(departure.nanos()).isEqualTo(flushed);
    assertThat(departure.epochNanos()).isEqualTo(flushed);
    assertThat(departure.flushNanos()).isEqualTo(FLUSH_NANOS);
  }

  @Test
  void whatIsFlushedLaterDepartsByItself() {
    Departure departure = timer.depart();
    channel.flush();
    long departed = departure.nanos();
    now += WORK_NANOS;
    channel.flush();
    assertThat(departure.nanos()).isEqualTo(departed);
    assertThat(departure.flushNanos()).isEqualTo(FLUSH_NANOS);
  }

  @Test
  void aMessageThatIsNeverFlushedDepartsWhenItIsMade() {
    long made = now;
    Departure departure = timer.depart();
    now += WORK_NANOS;
    assertThat(departure.nanos()).isEqualTo(made);
  }

  @Test
  void messagesWhoseAnswersAreReadTogetherAreTimedEachByItself() {
    Departure first = timer.depart();
    channel.flush();
    now += WORK_NANOS;
    Departure second = timer.depart();
    channel.flush();
    now += WORK_NANOS;
    channel.writeInbound(Unpooled.EMPTY_BUFFER);
    long read = now;
    now += WORK_NANOS;

    assertThat(timer.roundTrip(channel, first, true).nanos())
        .isEqualTo(read - first.nanos())
        .isEqualTo(2 * (FLUSH_NANOS + WORK_NANOS));
    assertThat(timer.roundTrip(channel, second, false).nanos())
        .isEqualTo(read - second.nanos())
        .isEqualTo(FLUSH_NANOS + WORK_NANOS);
  }

  /** What was left behind may be as old as what came with it; what comes after all was read not. */
  @ParameterizedTest
  @CsvSource({"16, 2", "15, 0"})
  void anAnswerIsAsUnsureAsTheOldestOfWhatMayHaveWaited(int lastRead, int turnsMore) {
    Departure departure = timer.depart();
    channel.flush();
    turn(16, lastRead);
    turn();
    turn(8);

    assertThat(timer.roundTrip(channel, departure, false).uncertaintyNanos())
        .isEqualTo(FLUSH_NANOS + (1 + turnsMore) * WORK_NANOS);
  }

  /** A turn of the loop in which so many bytes are read, into 16 each time. */
  private void turn(int... reads) {
    now += WORK_NANOS;
    watch.beforeAsking();
    watch.afterWait();
    for (int bytes : reads) {
      channel.writeOneInbound(Unpooled.buffer(16, 16).writeZero(bytes));
    }
    if (reads.length > 0) {
      channel.flushInbound();
    }
    watch.afterTurn(1);
  }
}
