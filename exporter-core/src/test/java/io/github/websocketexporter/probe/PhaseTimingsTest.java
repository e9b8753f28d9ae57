package io.github.websocketexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PhaseTimingsTest {

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void beginsWithNoPhase(Phase phase) {
    assertThat(PhaseTimings.NONE.ran(phase)).isFalse();
    assertThatIllegalStateException()
        .isThrownBy(() -> PhaseTimings.NONE.nanos(phase))
        .withMessage(phase + " did not run");
  }

  @ParameterizedTest(name = "{0}")
  @EnumSource
  void holdsTheOnePhaseThatRanAndNoOther(Phase phase) {
    PhaseTimings timings = new PhaseTimings.Builder().add(phase, 42).build();

    for (Phase each : Phase.values()) {
      assertThat(timings.ran(each)).isEqualTo(each == phase);
    }
    assertThat(timings.nanos(phase)).isEqualTo(42);
  }

  @Test
  void tellsAPhaseThatTookNoTimeFromOneThatDidNotRun() {
    PhaseTimings timings = new PhaseTimings.Builder().add(Phase.RESOLVE, 0).build();

    assertThat(timings.ran(Phase.RESOLVE)).isTrue();
    assertThat(timings.nanos(Phase.RESOLVE)).isZero();
    assertThat(timings.ran(Phase.CONNECT)).isFalse();
  }

  @Test
  void countsANegativeDurationAsZero() {
    PhaseTimings timings = new PhaseTimings.Builder().add(Phase.PING, -1).build();

    assertThat(timings.ran(Phase.PING)).isTrue();
    assertThat(timings.nanos(Phase.PING)).isZero();
  }

  @Test
  void addsUpWhatAPhaseTookInParts() {
    PhaseTimings timings =
        new PhaseTimings.Builder().add(Phase.CONNECT, 1).add(Phase.CONNECT, 2).build();

    assertThat(timings.nanos(Phase.CONNECT)).isEqualTo(3);
  }

  @Test
  void knowsWhenAPhaseBegan() {
    PhaseTimings timings =
        new PhaseTimings.Builder()
            .began(Phase.CONNECT, 7)
            .add(Phase.CONNECT, 1)
            .began(Phase.CONNECT, 9)
            .add(Phase.CONNECT, 2)
            .began(Phase.PING, -1)
            .add(Phase.PING, 3)
            .add(Phase.RESOLVE, 4)
            .build();

    assertThat(timings.startNanos(Phase.CONNECT)).isEqualTo(7);
    assertThat(timings.startNanos(Phase.PING)).isZero();
    assertThat(timings.startNanos(Phase.RESOLVE)).isZero();
    assertThatIllegalStateException()
        .isThrownBy(() -> timings.startNanos(Phase.TLS))
        .withMessage("TLS did not run");
  }

  @Test
  void doesNotFollowItsBuilder() {
    PhaseTimings.Builder builder = new PhaseTimings.Builder().add(Phase.CONNECT, 1);
    PhaseTimings timings = builder.build();
    builder.add(Phase.CONNECT, 2).add(Phase.PING, 3);

    assertThat(timings.nanos(Phase.CONNECT)).isEqualTo(1);
    assertThat(timings.ran(Phase.PING)).isFalse();
  }

  @Test
  void printsThePhasesThatRanInTheirOrderInMilliseconds() {
    PhaseTimings timings =
        new PhaseTimings.Builder()
            .add(Phase.PING, 1_234_567)
            .add(Phase.CONNECT, 250_000)
            .add(Phase.UPGRADE, 12_000_000_000L)
            .build();

    assertThat(timings).hasToString("connect=0.25ms upgrade=12000.0ms ping=1.235ms");
    assertThat(PhaseTimings.NONE).hasToString("");
  }
}
