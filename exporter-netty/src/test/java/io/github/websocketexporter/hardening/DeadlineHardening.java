package io.github.websocketexporter.hardening;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.integration.HostOfItsOwn;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Ten thousand probes that are left waiting, at each phase: each is answered by its deadline, and
 * nothing of it is left.
 */
class DeadlineHardening {
  private static final Duration LIMIT = Duration.ofMinutes(9);

  @Test
  void answersEachInTimeAndLeavesNothing() throws Exception {
    Map<String, Double> said = new LinkedHashMap<>();
    HostOfItsOwn.run(LIMIT, StuckHost.class)
        .peek(System.out::println)
        .filter(line -> line.matches("[\\w. ]+: -?[0-9.]+"))
        .map(line -> line.split(": "))
        .forEach(words -> said.put(words[0], Double.valueOf(words[1])));

    Figures.state(
        "Deadline: silence, a byte a second, half-open, reset, a third of the packets lost, answers"
            + " at the last moment; at each phase",
        "10,000 of 10,000 by the deadline + 50 ms; 0 sockets, buffers, timers left",
        "%.0f of %.0f, the last one %.1f ms after its deadline (a control thread stood still for at"
            + " most %.1f ms); %.0f sockets, %.0f buffers, %.0f timers left",
        requireNonNull(said.get("probes")) - requireNonNull(said.get("late")),
        requireNonNull(said.get("probes")),
        requireNonNull(said.get("slowest")),
        requireNonNull(said.get("stall")),
        requireNonNull(said.get("sockets left")),
        requireNonNull(said.get("leaks")),
        requireNonNull(said.get("concurrent.ScheduledFutureTask left")));
    assertThat(said)
        .containsEntry("probes", 10_000.0)
        .containsEntry("unanswered", 0.0)
        .containsEntry("late", 0.0)
        .containsEntry("false", 0.0)
        .containsEntry("strange", 0.0)
        .containsEntry("engine.ProbeAttempt left", 0.0)
        .containsEntry("transport.ProbeChannel left", 0.0)
        .containsEntry("leaks", 0.0)
        .containsEntry("errors", 0.0);
    assertThat(requireNonNull(said.get("sockets left"))).isLessThanOrEqualTo(0);
    assertThat(requireNonNull(said.get("concurrent.ScheduledFutureTask left")))
        .isLessThanOrEqualTo(0);
  }
}
