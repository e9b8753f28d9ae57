package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.http.RequestTimer.State;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bound on each state of a connection, in a time that stands still. */
class RequestTimerTest {
  private static final Duration IDLE = Duration.ofSeconds(60);
  private static final Duration REQUEST = Duration.ofSeconds(10);

  private final List<State> events = new ArrayList<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final RequestTimer timer = new RequestTimer(channel.eventLoop(), IDLE, REQUEST);

  @BeforeEach
  void freeze() {
    channel.freezeTime();
    timer.start(events::add);
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void enter(State state) {
    timer.enter(state);
  }

  private void advance(Duration time) {
    channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
    channel.runScheduledPendingTasks();
  }

  /** Lets time pass in small steps, as it does. */
  private void pass(Duration time) {
    for (long left = time.toMillis(); left > 0; left -= 250) {
      advance(Duration.ofMillis(Math.min(left, 250)));
    }
  }

  @Test
  void aFirstRequestMayTakeNoLongerToBeginThanToArrive() {
    pass(REQUEST.minusMillis(1));
    assertThat(events).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(events).containsExactly(State.OPENED);
  }

  @Test
  void aConnectionWithoutAnotherRequestIsIdleForSoLong() {
    enter(State.IDLE);
    pass(IDLE.minusMillis(1));
    assertThat(events).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(events).containsExactly(State.IDLE);
  }

  @Test
  void aRequestMayTakeSoLongFromItsFirstByte() {
    enter(State.IDLE);
    pass(Duration.ofSeconds(55));
    enter(State.RECEIVING);
    pass(REQUEST.minusMillis(1));
    assertThat(events).as("the idle timeout counts no more").isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(events).containsExactly(State.RECEIVING);
  }

  @Test
  void workMayTakeAnyTime() {
    enter(State.WORKING);
    pass(Duration.ofMinutes(10));

    assertThat(events).isEmpty();
  }

  @Test
  void anAnswerMayTakeAsLongAsARequest() {
    enter(State.WORKING);
    pass(Duration.ofMinutes(1));
    enter(State.SENDING);
    pass(REQUEST.minusMillis(1));
    assertThat(events).isEmpty();
    pass(Duration.ofMillis(1));
    assertThat(events).containsExactly(State.SENDING);
  }

  @Test
  void eachStateBeginsItsTimeAnew() {
    for (int i = 0; i < 5; i++) {
      pass(REQUEST.minusMillis(1));
      enter(State.RECEIVING);
      pass(REQUEST.minusMillis(1));
      enter(State.WORKING);
      pass(REQUEST);
      enter(State.SENDING);
      pass(REQUEST.minusMillis(1));
      enter(State.IDLE);
    }

    assertThat(events).isEmpty();
  }

  @Test
  void anIdleTimeoutShorterThanTheRequestTimeoutHoldsToo() {
    EmbeddedChannel other = new EmbeddedChannel();
    other.freezeTime();
    RequestTimer shortIdle = new RequestTimer(other.eventLoop(), Duration.ofMillis(100), REQUEST);
    shortIdle.start(events::add);
    shortIdle.enter(State.RECEIVING);

    for (int i = 0; i < 99; i++) {
      other.advanceTimeBy(100, TimeUnit.MILLISECONDS);
      other.runScheduledPendingTasks();
    }
    assertThat(events).isEmpty();
    other.advanceTimeBy(100, TimeUnit.MILLISECONDS);
    other.runScheduledPendingTasks();

    assertThat(events).containsExactly(State.RECEIVING);
    other.finishAndReleaseAll();
  }

  @Test
  void itGoesOnAfterItFired() {
    enter(State.RECEIVING);
    pass(REQUEST);
    enter(State.SENDING);
    pass(REQUEST);

    assertThat(events)
        .as("or an answer that nobody takes would stay for ever")
        .containsExactly(State.RECEIVING, State.SENDING);
  }

  @ParameterizedTest
  @EnumSource(State.class)
  void noTimerIsLeftWhenItIsStopped(State state) {
    enter(state);
    pass(REQUEST.multipliedBy(2));
    timer.stop();

    assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
    advance(IDLE.multipliedBy(10));
    assertThat(channel.hasPendingTasks()).isFalse();
  }

  @Test
  void noTimerIsLeftWhenItIsStoppedAsItFires() {
    RequestTimer other = new RequestTimer(channel.eventLoop(), IDLE, REQUEST);
    timer.stop();
    other.start(state -> other.stop());

    pass(REQUEST);

    assertThat(channel.runScheduledPendingTasks()).isEqualTo(-1);
  }
}
