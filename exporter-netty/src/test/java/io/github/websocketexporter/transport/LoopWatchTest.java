package io.github.websocketexporter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Since when, at the earliest, a loop can have missed something, turn by turn. */
class LoopWatchTest {
  private static final int BATCH = 8;
  private static final long QUICK = 5_000;
  private static final long LONG = 3_000_000;

  private long now = 1_000_000_000;
  private final LoopWatch watch = new LoopWatch(() -> now, BATCH);

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
    watch.beforeWait(false);
    now += nanos;
    watch.afterWait();
  }

  private void sleep(long nanos) {
    watch.beforeWait(true);
    now += nanos;
    watch.afterWait();
  }

  private void work(int handled, long nanos) {
    now += nanos;
    watch.afterTurn(handled);
  }
}
