package io.github.websocketexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PingStatisticsTest {

  @Test
  void ofOnePingHasItsRoundTripAndNoSpread() {
    RoundTrip roundTrip = roundTrip(7);

    assertThat(PingStatistics.single(2, roundTrip))
        .isEqualTo(new PingStatistics(1, 1, 2, roundTrip, null));
    assertThat(PingStatistics.single(0, null)).isEqualTo(new PingStatistics(1, 0, 0, null, null));
  }

  @Test
  void ofSeveralHasTheMedianAsItWasMeasured() {
    List<RoundTrip> roundTrips =
        List.of(
            new RoundTrip(50, 1, ArrivalClock.KERNEL),
            new RoundTrip(10, 2, ArrivalClock.KERNEL),
            new RoundTrip(30, 3, ArrivalClock.LOOP));

    assertThat(PingStatistics.several(3, 0, roundTrips).roundTrip()).isSameAs(roundTrips.get(2));
  }

  @Test
  void ofAnEvenNumberHasTheLowerOfTheTwoInTheMiddle() {
    assertThat(several(4, 40, 10, 30, 20).roundTrip()).isEqualTo(roundTrip(20));
    assertThat(several(2, 40, 10).roundTrip()).isEqualTo(roundTrip(10));
  }

  @Test
  void ofSeveralHasTheSpreadOfAllThatCame() {
    assertThat(several(6, 40, 10, 30, 21).spread())
        .isEqualTo(new RoundTripSpread(10, 25, 40, OptionalLong.of((30 + 20 + 9) / 3)));
  }

  @Test
  void hasAJitterOfZeroWhereAllTookAsLong() {
    assertThat(several(2, 5, 5).spread())
        .isEqualTo(new RoundTripSpread(5, 5, 5, OptionalLong.of(0)));
  }

  @Test
  void hasNoJitterOfASingleRoundTrip() {
    assertThat(several(5, 9).spread())
        .isEqualTo(new RoundTripSpread(9, 9, 9, OptionalLong.empty()));
  }

  @Test
  void hasNeitherRoundTripNorSpreadWhereNoPongCame() {
    assertThat(several(5)).isEqualTo(new PingStatistics(5, 0, 1, null, null));
  }

  @Test
  void hasNoSpreadWhereOnlyOneOfThemWasSent() {
    assertThat(several(1, 9)).isEqualTo(new PingStatistics(1, 1, 1, roundTrip(9), null));
  }

  @Test
  void knowsWhichPartWasLost() {
    assertThat(several(5, 1, 2, 3, 4).lossRatio()).isEqualTo(0.2);
    assertThat(several(3).lossRatio()).isEqualTo(1);
    assertThat(several(2, 1, 2).lossRatio()).isZero();
  }

  /** Of so many PINGs, and one PONG that was nobody's. */
  private static PingStatistics several(int sent, long... nanos) {
    List<RoundTrip> roundTrips = new ArrayList<>();
    for (long each : nanos) {
      roundTrips.add(roundTrip(each));
    }
    return PingStatistics.several(sent, 1, roundTrips);
  }

  private static RoundTrip roundTrip(long nanos) {
    return new RoundTrip(nanos, 1, ArrivalClock.KERNEL);
  }
}
