package io.github.websocketexporter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.RoundTrip;
import org.junit.jupiter.api.Test;

/** Since when, at the earliest, a loop can have missed something, turn by turn. */
class LoopWatchTest {
  private static final int BATCH = 8;
  private static final long QUICK = 5_000;
  private static final long LONG = 3_000_000;
  private static final long LATE = 200_000;
  private static final long HELD = 700_000;
  private static final long NO_TIMER = Long.MAX_VALUE;

  private long now = 1_000_000_000;
  private long coreWait = 5_000;
  private final LoopWatch watch = new LoopWatch(() -> now, BATCH, () -> coreWait);

  @Test
  void whatIsReadInTheFirstTurnCameAfterTheLoopWasMade() {
    long made = now;
    now += LONG;
    ask(QUICK);
    assertThat(watch.floorNanos()).isEqualTo(made);
  }

  @Test
  void whatIsReadAfterASleepCameWhenTheSleepEnded() {
    idle();
    sleep(LONG);
    assertThat(watch.floorNanos()).isEqualTo(now);
  }

  @Test
  void orAsMuchBeforeAsTheLoopWokeUpAfterItsTimer() {
    outsleep(LATE);
    assertThat(watch.floorNanos()).isEqualTo(now - LATE);
    idle();
    sleep(LONG);
    assertThat(watch.floorNanos()).isEqualTo(now - LATE);
  }

  @Test
  void theLatestWakeUpCounts() {
    outsleep(LATE);
    outsleep(LATE / 2);
    assertThat(watch.floorNanos()).isEqualTo(now - LATE);
    outsleep(2 * LATE);
    assertThat(watch.floorNanos()).isEqualTo(now - 2 * LATE);
  }

  @Test
  void aLateWakeUpIsForgottenAfterManyOthers() {
    outsleep(LATE);
    for (int i = 0; i < 127; i++) {
      outsleep(LATE / 2);
      assertThat(watch.floorNanos()).isEqualTo(now - LATE);
    }
    for (int i = 0; i < 128; i++) {
      outsleep(LATE / 2);
    }
    assertThat(watch.floorNanos()).isEqualTo(now - LATE / 2);
  }

  @Test
  void whatIsUnsureForLateWakeUpsIsNotSurerTheNextTime() {
    ArrivalTimer timer = new ArrivalTimer(() -> now, () -> now, watch);
    assertThat(timer.canBeSurer(unsureBy(1))).isTrue();
    outsleep(LATE);
    assertThat(timer.canBeSurer(unsureBy(2 * LATE))).isFalse();
    assertThat(timer.canBeSurer(unsureBy(2 * LATE + 1))).isTrue();
  }

  private static RoundTrip unsureBy(long nanos) {
    return new RoundTrip(LONG, nanos, ArrivalClock.LOOP);
  }

  @Test
  void aSleepThatEndsBeforeItsTimerSaysNothing() {
    idle();
    sleep(LONG, LONG + 1);
    assertThat(watch.floorNanos()).isEqualTo(now);
  }

  @Test
  void howeverLateTheLoopWakesUpNothingCameBeforeItLastAsked() {
    outsleep(LATE);
    long asked = idle();
    sleep(LATE / 2);
    assertThat(watch.floorNanos()).isEqualTo(asked);
  }

  @Test
  void orBeforeTheLoopWaitedForACore() {
    idle();
    sleepAndWaitForCore(LONG, NO_TIMER);
    assertThat(watch.floorNanos()).isEqualTo(now - HELD);
  }

  /** Each sleep has its own wait, which says nothing about that of the next one. */
  @Test
  void theWaitForACoreIsNoLateWakeUp() {
    idle();
    sleepAndWaitForCore(LONG, LONG - HELD - LATE);
    assertThat(watch.floorNanos()).isEqualTo(now - HELD - LATE);
    idle();
    sleep(LONG);
    assertThat(watch.floorNanos()).isEqualTo(now - LATE);
  }

  /** It was woken by something else before its timer was due, and got no core. */
  @Test
  void aWaitForACoreMayBeginBeforeTheTimerIsDue() {
    idle();
    sleepAndWaitForCore(LONG, LONG - HELD / 2);
    idle();
    sleep(LONG);
    assertThat(watch.floorNanos()).isEqualTo(now);
  }

  @Test
  void whatTheLoopWaitedForACoreAwakeIsNoneOfTheSleep() {
    idle();
    coreWait += HELD;
    sleep(LONG);
    assertThat(watch.floorNanos()).isEqualTo(now);
  }

  @Test
  void whereTheWaitForACoreIsNotKnownAnyMoreItIsNone() {
    idle();
    watch.beforeSleep(NO_TIMER);
    now += LONG;
    coreWait = 0;
    watch.afterWait();
    assertThat(watch.floorNanos()).isEqualTo(now);
  }

  @Test
  void orSinceTheLoopLastAskedIfItWasStoppedInItsSleep() {
    long asked = idle();
    sleep(LONG);
    assertThat(watch.floorIfStoppedNanos()).isEqualTo(asked);
  }

  @Test
  void whatIsReadAfterASleepThatWasNoneCameSinceTheLoopLastAsked() {
    long asked = idle();
    sleep(QUICK);
    assertThat(watch.floorNanos()).isEqualTo(asked);
  }

  @Test
  void whatIsReadWithoutASleepCameSinceTheWaitBefore() {
    idle();
    long before = now;
    ask(QUICK);
    work(3, LONG);
    ask(QUICK);
    assertThat(watch.floorNanos()).isEqualTo(before);
    assertThat(watch.floorIfStoppedNanos()).isEqualTo(before);
  }

  /** However long asking took: that does not make it a sleep. */
  @Test
  void askingIsNoSleep() {
    idle();
    long before = now;
    ask(QUICK);
    work(3, LONG);
    ask(LONG);
    assertThat(watch.floorNanos()).isEqualTo(before);
  }

  @Test
  void whatIsReadAfterASleepAndWorkCameSinceTheSleepEnded() {
    idle();
    sleep(LONG);
    long woken = now;
    work(1, LONG);
    ask(QUICK);
    assertThat(watch.floorNanos()).isEqualTo(woken);
  }

  @Test
  void orSinceTheLoopShouldHaveWokenUp() {
    outsleep(LATE);
    long woken = now;
    work(1, LONG);
    ask(QUICK);
    assertThat(watch.floorNanos()).isEqualTo(woken - LATE);
  }

  @Test
  void fullBatchesLeaveSomethingBehindForAsLongAsTheyAreFull() {
    idle();
    long before = now;
    ask(QUICK);
    work(1, LONG);
    for (int i = 0; i < 5; i++) {
      ask(QUICK);
      assertThat(watch.floorNanos()).isEqualTo(before);
      work(BATCH, LONG);
    }
    long lastAsked = now;
    ask(QUICK);
    assertThat(watch.floorNanos()).isEqualTo(before);
    work(BATCH - 1, LONG);
    ask(QUICK);
    assertThat(watch.floorNanos()).isEqualTo(lastAsked);
  }

  /** The loop asks, nothing is ready. Says when it began to. */
  private long idle() {
    long begun = now;
    ask(QUICK);
    work(0, 0);
    return begun;
  }

  private void ask(long nanos) {
    watch.beforeAsking();
    now += nanos;
    watch.afterWait();
  }

  private void sleep(long nanos) {
    sleep(nanos, NO_TIMER);
  }

  private void sleep(long nanos, long timerNanos) {
    watch.beforeSleep(timerNanos);
    now += nanos;
    watch.afterWait();
  }

  /** The loop asks, and sleeps so much longer than its timer wanted. */
  private void outsleep(long lateNanos) {
    idle();
    sleep(LONG, LONG - lateNanos);
  }

  private void sleepAndWaitForCore(long nanos, long timerNanos) {
    watch.beforeSleep(timerNanos);
    now += nanos;
    coreWait += HELD;
    watch.afterWait();
  }

  private void work(int handled, long nanos) {
    now += nanos;
    watch.afterTurn(handled);
  }
}
