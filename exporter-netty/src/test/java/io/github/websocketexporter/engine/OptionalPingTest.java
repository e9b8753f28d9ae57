package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Modules that want no PONG, or no PING. */
class OptionalPingTest extends EngineTest {
  private static final String ONE = "ping { required = false }";
  private static final String THREE = "ping { count = 3, interval = 10ms, required = false }";

  OptionalPingTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, THREE})
  void isAsAnyOtherWhereThePongsCome(String module) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings)) {
      ProbeResult result = runner.probe(server.ws("/"), Modules.of(module));
      assertThat(result).succeededAfter(CONNECT, UPGRADE, PING);
      assertThat(result.answered()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, THREE})
  void succeedsAtTheDeadlineWhereNoPongComes(String module) throws Exception {
    ProbeResult result = probe(module, SHORT, peer -> peer.awaitEnd());
    assertSucceededUnanswered(result);
    assertThat(result).tookAbout(SHORT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ping { required = false, timeout = 200ms }",
        "ping { count = 3, interval = 50ms, required = false, timeout = 100ms }"
      })
  void succeedsAtItsOwnTimeoutWhereNoPongComes(String module) throws Exception {
    ProbeResult result = probe(module, AMPLE, peer -> peer.awaitEnd());
    assertSucceededUnanswered(result);
    assertThat(result).tookAbout(Duration.ofMillis(200));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, THREE})
  void succeedsWhereTheServerSaysClose(String module) throws Exception {
    assertSucceededUnanswered(
        probe(
            module,
            AMPLE,
            peer -> {
              peer.sendFrame(Peer.CLOSE, Peer.status(1001));
              peer.awaitEnd();
            }));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, THREE})
  void succeedsWhereTheServerClosesTheConnection(String module) throws Exception {
    assertSucceededUnanswered(probe(module, AMPLE, peer -> {}));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, THREE})
  void succeedsWhereTheServerResetsTheConnection(String module) throws Exception {
    assertSucceededUnanswered(probe(module, AMPLE, Peer::reset));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, THREE})
  void succeedsWhereTheServerViolatesTheProtocol(String module) throws Exception {
    assertSucceededUnanswered(
        probe(
            module,
            AMPLE,
            peer -> {
              peer.send(Peer.frame(0xB, new byte[0]));
              assertThat(peer.readFrame(Peer.CLOSE).closeStatus()).isEqualTo(1002);
            }));
  }

  @ParameterizedTest
  @ValueSource(strings = {ONE, THREE})
  void failsWhereTheExporterMeetsABug(String module) throws Exception {
    ProbeResult result =
        probe(
            module,
            AMPLE,
            peer -> {
              runner
                  .openChannels()
                  .get(0)
                  .pipeline()
                  .fireExceptionCaught(new IllegalStateException());
              peer.awaitEnd();
            });
    assertThat(result).failedWith(FailureReason.INTERNAL_ERROR, CONNECT, UPGRADE, PING);
  }

  @Test
  void failsAsAnyOtherBeforeThePing() throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.readRequestHead();
          peer.send(Peer.response("403 Forbidden"));
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(server.ws("/"), Modules.of(ONE)))
          .failedWith(FailureReason.UPGRADE_STATUS, CONNECT, UPGRADE);
    }
  }

  @Test
  void sendsNoPingWhereItsCountIsZero() throws Exception {
    CompletableFuture<Integer> opcode = new CompletableFuture<>();
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          opcode.complete(peer.readFrame().opcode());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      ProbeResult result = runner.probe(server.ws("/"), Modules.of("ping.count = 0"));
      assertThat(result).ran(CONNECT, UPGRADE).answeredWith(101).connected();
      assertThat(result.success()).isTrue();
      assertThat(result.answered()).isFalse();
      assertThat(result.pings()).isNull();
      assertThat(ProbeRunner.await(opcode)).isEqualTo(Peer.CLOSE);
    }
  }

  private static void assertSucceededUnanswered(ProbeResult result) {
    assertThat(result).ran(CONNECT, UPGRADE, PING).answeredWith(101).connected();
    assertThat(result.failure()).isNull();
    assertThat(result.success()).isTrue();
    assertThat(result.answered()).isFalse();
    assertThat(result.roundTrip()).isNull();
  }

  private ProbeResult probe(String module, Duration limit, ScriptedServer.Script behindTheFirstPing)
      throws Exception {
    ScriptedServer.Script script =
        peer -> {
          peer.acceptUpgrade();
          peer.readFrame(Peer.PING);
          behindTheFirstPing.serve(peer);
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      return runner
          .start(ProbeRunner.request(server.ws("/"), limit, Modules.of(module)), each -> {})
          .result();
    }
  }
}
