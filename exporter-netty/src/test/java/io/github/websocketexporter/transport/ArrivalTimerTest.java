package io.github.websocketexporter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a message departs. */
class ArrivalTimerTest {
  private static final long FLUSH_NANOS = 7_000;
  private static final long WORK_NANOS = 300_000;

  private long now = 1_000_000_000;
  private final ArrivalTimer timer = Timers.byLoop(() -> now);
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
}
