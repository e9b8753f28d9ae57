package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.NO_REPEATS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.Witness;
import io.github.websocketexporter.transport.PausingClock;
import io.github.websocketexporter.transport.TlsClients;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A loop that is held up in the middle of finding out when a PONG came. */
class HeldUpLoopTest {
  private static final Duration HELD_UP = Duration.ofMillis(50);

  private final PausingClock clock = new PausingClock();
  private final Witness witness = new Witness();

  @Test
  void goesOnToBelieveTheKernel() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          byte[] payload = witness.awaitPing(peer);
          clock.pauseFor(HELD_UP);
          witness.answers(() -> peer.sendFrame(Peer.PONG, payload));
          peer.readFrame(Peer.CLOSE);
        };
    try (ProbeRunner runner =
            new ProbeRunner(clock.on(Clock.KERNEL.select()), new TlsClients(), NO_REPEATS);
        ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result = runner.probe(server.ws("/"), AMPLE);

      RoundTrip roundTrip = requireNonNull(result.roundTrip());
      witness.agreesWith(roundTrip);
      assertThat(roundTrip.clock()).isEqualTo(ArrivalClock.KERNEL);
    }
  }
}
