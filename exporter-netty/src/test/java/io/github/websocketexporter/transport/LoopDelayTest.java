package io.github.websocketexporter.transport;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.testing.Pause;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How late a loop runs what is due. */
class LoopDelayTest {

  /** On a loop whose time stands still. */
  @Nested
  class InFrozenTime {
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final List<Long> delaysMillis = new ArrayList<>();

    @BeforeEach
    void sample() {
      channel.freezeTime();
      LoopDelay.sample(
          channel.eventLoop(), nanos -> delaysMillis.add(TimeUnit.NANOSECONDS.toMillis(nanos)));
    }

    @AfterEach
    void close() {
      channel.finishAndReleaseAll();
    }

    @Test
    void isSampledTenTimesASecond() {
      for (int i = 0; i < 20; i++) {
        runAfter(Duration.ofMillis(50));
      }
      assertThat(delaysMillis).hasSize(10).containsOnly(0L);
    }

    @Test
    void isTheTimeFromWhenTheTaskWasDue() {
      runAfter(Duration.ofMillis(130));
      assertThat(delaysMillis).containsExactly(30L);
    }

    @Test
    void doesNotShiftWhatIsDueNext() {
      runAfter(Duration.ofMillis(130));
      runAfter(Duration.ofMillis(69));
      assertThat(delaysMillis).hasSize(1);
      runAfter(Duration.ofMillis(1));
      assertThat(delaysMillis).containsExactly(30L, 0L);
    }

    @Test
    void isSampledForEachMomentThatALoopMissed() {
      runAfter(Duration.ofMillis(1_070));
      assertThat(delaysMillis)
          .containsExactly(970L, 870L, 770L, 670L, 570L, 470L, 370L, 270L, 170L, 70L);
      runAfter(Duration.ofMillis(30));
      assertThat(delaysMillis).hasSize(11).endsWith(0L);
    }

    @Test
    void isSampledForTheLastMinuteAtMostAndForTheWholeStop() {
      Duration stop = Duration.ofDays(3);
      runAfter(stop);
      assertThat(delaysMillis).hasSize(602).startsWith(stop.toMillis() - 100, 60_000L, 59_900L);
      runAfter(Duration.ofMillis(100));
      assertThat(delaysMillis).hasSize(603).endsWith(0L);
    }

    private void runAfter(Duration duration) {
      channel.advanceTimeBy(duration.toNanos(), TimeUnit.NANOSECONDS);
      channel.runScheduledPendingTasks();
    }
  }

  @Test
  void ofARealLoopThatIsHeldIsAtLeastHowLongItWasHeld() throws Exception {
    Duration held = Duration.ofMillis(300);
    BlockingQueue<Long> delays = new LinkedBlockingQueue<>();
    EventLoopGroup loops = Transport.select(TransportKind.AUTO, ClockKind.AUTO).newEventLoops(1);
    try {
      EventLoop loop = loops.next();
      LoopDelay.sample(loop, delays::add);
      assertThat(delays.poll(20, SECONDS)).as("the first").isNotNull();
      loop.submit(() -> Pause.of(held.plusMillis(100))).syncUninterruptibly();

      long longest = 0;
      while (longest < held.toNanos()) {
        Long delay = delays.poll(20, SECONDS);
        assertThat(delay).as("none so long so far").isNotNull();
        longest = Math.max(longest, delay);
      }
    } finally {
      loops.shutdownGracefully(0, 5, SECONDS).syncUninterruptibly();
    }
    assertThat(loops.isTerminated()).as("it ends with its loop").isTrue();
  }
}
