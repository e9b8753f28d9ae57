package io.github.websocketexporter.hardening;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.integration.HostOfItsOwn;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Four times as many probes of one address and port as there are local ports. (Where there are
 * hardly any is in {@code LocalPortsIT}.) {@code -Dports.probes=100} asks for fewer a second.
 */
class LocalPortsHardening {
  private static final int PER_SECOND = Integer.getInteger("ports.probes", 1_000);
  private static final int SECONDS = 120;

  @Test
  void areNotUsedUp() throws Exception {
    List<String> output =
        HostOfItsOwn.run(
                Duration.ofSeconds(SECONDS + 60),
                BusyHost.class,
                Integer.toString(PER_SECOND),
                Integer.toString(SECONDS))
            .toList();

    Figures.state(
        "Local ports: %,d probes/s of one address and port for 2 minutes, ports 32768-60999"
            .formatted(PER_SECOND),
        "0 failures",
        "%s",
        String.join(", ", output));
    assertThat(output).contains("succeeded " + PER_SECOND * SECONDS);
  }
}
