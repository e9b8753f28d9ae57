package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
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
    RoundTrip roundTrip = actual.roundTrip();
    if (roundTrip == null) {
      throw new AssertionError("no round trip: " + actual);
    }
    Assertions.assertThat(roundTrip.nanos()).isBetween(1L, actual.durationNanos());
    Assertions.assertThat(roundTrip.uncertaintyNanos()).isNotNegative();
    // The phase begins with the PING and ends with its PONG; it may hold PINGs that were repeated.
    Assertions.assertThat(actual.timings().nanos(Phase.PING))
        .isGreaterThanOrEqualTo(roundTrip.nanos());
    return this;
  }

  /** Failed for this, in the last of exactly these phases. */
  ProbeResultAssert failedWith(FailureReason reason, Phase... phases) {
    Phase last = phases[phases.length - 1];
    Assertions.assertThat(actual.failure())
        .as(descriptionText())
        .extracting(Failure::phase, Failure::reason)
        .containsExactly(last, reason);
    Assertions.assertThat(actual.success()).isFalse();
    Assertions.assertThat(actual.answered()).isFalse();
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
    Assertions.assertThat(actual.upgrade())
        .as(descriptionText())
        .extracting(UpgradeFacts::statusCode)
        .isEqualTo(status);
    return this;
  }

  ProbeResultAssert notAnswered() {
    Assertions.assertThat(actual.upgrade()).as(descriptionText()).isNull();
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
        .isEqualTo(PingStatistics.single(unmatched, actual.roundTrip()));
    Assertions.assertThat(actual.roundTrip()).as(descriptionText()).isNotNull();
    return this;
  }

  /** One PING was sent, and only so many other PONGs came; the connection was established. */
  ProbeResultAssert pongMissing(int unmatched) {
    Assertions.assertThat(actual.pings())
        .as(descriptionText())
        .isEqualTo(PingStatistics.single(unmatched, null));
    return answeredWith(101).connected();
  }

  /** So many of several PINGs were sent, so many PONGs came, and so many others. */
  ProbeResultAssert pinged(int sent, int received, int unmatched) {
    PingStatistics pings = actual.pings();
    if (pings == null) {
      throw new AssertionError("no PING: " + actual);
    }
    Assertions.assertThat(pings)
        .as(descriptionText())
        .isEqualTo(
            new PingStatistics(sent, received, unmatched, actual.roundTrip(), pings.spread()));
    Assertions.assertThat(actual.roundTrip() != null).isEqualTo(received > 0);
    Assertions.assertThat(pings.spread() != null).isEqualTo(sent > 1 && received > 0);
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
