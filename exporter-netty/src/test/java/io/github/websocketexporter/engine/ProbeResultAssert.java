package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;

/** Says what a probe found, and what it did not find. */
final class ProbeResultAssert extends AbstractAssert<ProbeResultAssert, ProbeResult> {
  private ProbeResultAssert(ProbeResult actual) {
    super(actual, ProbeResultAssert.class);
    as("%s", actual);
  }

  static ProbeResultAssert assertThat(ProbeResult actual) {
    return new ProbeResultAssert(actual);
  }

  /** All that a success is, after exactly these phases. */
  ProbeResultAssert succeededAfter(Phase... phases) {
    Assertions.assertThat(actual.failure()).as(descriptionText()).isNull();
    Assertions.assertThat(actual.success()).isTrue();
    ran(phases).answeredWith(101).connected().hasAddress();
    PingStatistics pings = actual.pings();
    Assertions.assertThat(pings).isNotNull();
    if (pings != null) {
      Assertions.assertThat(pings.rttNanos()).isPresent();
    }
    Assertions.assertThat(actual.rttNanos().getAsLong()).isBetween(1L, actual.durationNanos());
    // The phase is the round trip: both begin with the PING and end with its PONG.
    Assertions.assertThat(actual.timings().nanos(Phase.PING))
        .isEqualTo(actual.rttNanos().getAsLong());
    return this;
  }

  /** Failed for this, in the last of exactly these phases. */
  ProbeResultAssert failedWith(FailureReason reason, Phase... phases) {
    Phase last = phases[phases.length - 1];
    Assertions.assertThat(actual.failure())
        .as(descriptionText())
        .isEqualTo(new Failure(last, reason));
    Assertions.assertThat(actual.success()).isFalse();
    Assertions.assertThat(actual.rttNanos()).isEmpty();
    return ran(phases);
  }

  /** Exactly these phases ran, and none took longer than all of them together. */
  ProbeResultAssert ran(Phase... phases) {
    List<Phase> ran = Arrays.stream(Phase.values()).filter(actual.timings()::ran).toList();
    Assertions.assertThat(ran).as(descriptionText()).containsExactly(phases);
    Assertions.assertThat(ran.stream().mapToLong(actual.timings()::nanos).sum())
        .as("the sum of the phases")
        .isLessThanOrEqualTo(actual.durationNanos());
    return this;
  }

  ProbeResultAssert answeredWith(int status) {
    Assertions.assertThat(actual.statusCode())
        .as(descriptionText())
        .isEqualTo(OptionalInt.of(status));
    return this;
  }

  ProbeResultAssert notAnswered() {
    Assertions.assertThat(actual.statusCode()).as(descriptionText()).isEmpty();
    return notConnected();
  }

  ProbeResultAssert connected() {
    Assertions.assertThat(actual.connected()).isTrue();
    Assertions.assertThat(actual.connectionNanos().getAsLong())
        .isBetween(actual.timings().nanos(Phase.UPGRADE), actual.durationNanos());
    return this;
  }

  ProbeResultAssert notConnected() {
    Assertions.assertThat(actual.connected()).as(descriptionText()).isFalse();
    Assertions.assertThat(actual.pings()).as(descriptionText()).isNull();
    return this;
  }

  ProbeResultAssert hasAddress() {
    Assertions.assertThat(actual.address()).as(descriptionText()).isNotNull();
    return this;
  }

  ProbeResultAssert hasAddress(String literal) {
    Assertions.assertThat(actual.address())
        .as(descriptionText())
        .extracting(address -> address.getHostAddress())
        .isEqualTo(literal);
    return this;
  }

  ProbeResultAssert hasNoAddress() {
    Assertions.assertThat(actual.address()).as(descriptionText()).isNull();
    return this;
  }

  /** One PING was sent, its PONG came, and so many others. */
  ProbeResultAssert pongCame(int unmatched) {
    Assertions.assertThat(actual.pings())
        .as(descriptionText())
        .isEqualTo(new PingStatistics(1, 1, unmatched, actual.rttNanos()));
    return this;
  }

  /** One PING was sent, and only so many other PONGs came; the connection was established. */
  ProbeResultAssert pongMissing(int unmatched) {
    Assertions.assertThat(actual.pings())
        .as(descriptionText())
        .isEqualTo(new PingStatistics(1, 0, unmatched, OptionalLong.empty()));
    return answeredWith(101).connected();
  }

  /** Ended by its deadline: not before, and not much later. */
  ProbeResultAssert tookAbout(Duration limit) {
    Assertions.assertThat(Duration.ofNanos(actual.durationNanos()))
        .as(descriptionText())
        .isBetween(limit, limit.plusSeconds(2));
    return this;
  }
}
