package io.github.websocketexporter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static long[] seconds(Backoff backoff, int count) {
    return LongStream.generate(backoff::nextNanos)
        .limit(count)
        .map(TimeUnit.NANOSECONDS::toSeconds)
        .toArray();
  }

  @Test
  void waitsUpToTwiceAsLongEachTime() {
    assertThat(seconds(new Backoff(() -> 1), 7)).containsExactly(1, 2, 4, 8, 16, 30, 30);
  }

  @Test
  void howMuchOfItIsChance() {
    assertThat(seconds(new Backoff(() -> 0), 3)).containsExactly(0, 0, 0);
    assertThat(seconds(new Backoff(() -> 0.5), 6)).containsExactly(0, 1, 2, 4, 8, 15);
  }

  @Test
  void beginsAnewAfterALongLifeOnly() {
    Backoff backoff = new Backoff(() -> 1);
    seconds(backoff, 4);

    backoff.lived(Backoff.LONG_LIFE_NANOS - 1);
    assertThat(seconds(backoff, 1)).containsExactly(16);

    backoff.lived(Backoff.LONG_LIFE_NANOS);
    assertThat(seconds(backoff, 1)).containsExactly(1);
  }
}
