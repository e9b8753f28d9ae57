package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.TeasingServer;
import io.github.websocketexporter.testing.TeasingServer.Truth;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** Which PONG answers which of many PINGs, where a server does all to hide it. */
class PingMatchingTest extends EngineTest {
  private static final int PROBES = 10;

  /** What the wall clock, which the kernel stamps by, may gain on the monotonic one meanwhile. */
  private static final long CLOCK_NANOS = 100_000;

  private static final ProbeModule MODULE =
      Modules.of(
          "timeout = 19s, ping { count = %d, interval = 1ms, timeout = 3s, max-loss-ratio = 1 }"
              .formatted(TeasingServer.PINGS));

  PingMatchingTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void eachPongAnswersThePingWhosePayloadItCarriesAndOnlyOnce() {
    try (TeasingServer server = new TeasingServer()) {
      List<Running> probes = new ArrayList<>();
      for (int i = 0; i < PROBES; i++) {
        String target = server.ws("/" + i);
        probes.add(runner.start(ProbeRunner.request(target, ProbeRunner.AMPLE, MODULE), r -> {}));
      }
      for (int i = 0; i < PROBES; i++) {
        ProbeResult result = probes.get(i).result();
        assertThat(result.failure()).as("%s", result).isNull();
        Truth truth = server.truth("/" + i);
        assertThat(result).pinged(TeasingServer.PINGS, truth.answered(), truth.unmatched());
        assertThat(requireNonNull(requireNonNull(result.pings()).spread()).minNanos())
            .isGreaterThan(TeasingServer.HELD_NANOS - CLOCK_NANOS);
      }
    }
  }
}
