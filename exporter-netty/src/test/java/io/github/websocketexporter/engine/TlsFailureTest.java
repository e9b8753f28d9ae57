package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.SHORT;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.engine.TlsPeer.DATA;
import static io.github.websocketexporter.engine.TlsPeer.HANDSHAKE;
import static io.github.websocketexporter.engine.TlsPeer.fatalAlert;
import static io.github.websocketexporter.engine.TlsPeer.readRecord;
import static io.github.websocketexporter.engine.TlsPeer.record;
import static io.github.websocketexporter.engine.TlsPeer.serverHello;
import static io.github.websocketexporter.engine.TlsPeer.serving;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.End;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Probes of servers that break the handshake, or the connection after it. */
class TlsFailureTest extends TlsEngineTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n",
        "220 mail.example.test ESMTP\r\n",
        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
      })
  void failsWhenTheServerDoesNotSpeakTls(String answer) throws Exception {
    assertFailsAfterHello(answer.getBytes(StandardCharsets.ISO_8859_1), FailureReason.TLS_PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(ints = {0x0301, 0x0302})
  void failsWhenTheServerChoosesAnOldVersion(int version) throws Exception {
    assertFailsAfterHello(serverHello(version), FailureReason.TLS_PROTOCOL);
  }

  @Test
  void failsWhenTheServerTakesNoneOfTheVersions() throws Exception {
    assertFailsAfterHello(fatalAlert(70), FailureReason.TLS_PROTOCOL);
  }

  /** 40 handshake_failure, 80 internal_error, 112 unrecognized_name. */
  @ParameterizedTest
  @ValueSource(ints = {40, 80, 112})
  void failsWhenTheServerSaysSoByAnAlert(int description) throws Exception {
    assertFailsAfterHello(fatalAlert(description), FailureReason.TLS_FAILURE);
  }

  @Test
  void failsWhenTheHandshakeIsGarbage() throws Exception {
    byte[] garbage = new byte[64];
    Arrays.fill(garbage, (byte) 0xEE);
    assertFailsAfterHello(record(HANDSHAKE, 0x0303, garbage), FailureReason.TLS_FAILURE);
  }

  @Test
  void failsAtTheDeadlineWhenTheServerIsSilent() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(Peer::awaitEnd)) {
      assertThat(runner.probe(wss(server, "127.0.0.1"), SHORT))
          .failedWith(FailureReason.TLS_TIMEOUT, TO_TLS)
          .notAnswered()
          .tookAbout(SHORT);
    }
  }

  @Test
  void failsAtTheDeadlineWhenTheServerStopsInTheHandshake() throws Exception {
    Script script =
        wire -> {
          readRecord(wire);
          wire.send(firstHalf(serverHello(0x0303)));
          wire.awaitEnd();
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(runner.probe(wss(server, "127.0.0.1"), SHORT))
          .failedWith(FailureReason.TLS_TIMEOUT, TO_TLS)
          .notAnswered()
          .tookAbout(SHORT);
    }
  }

  @Test
  void failsWhenTheServerClosesBeforeTheHandshake() throws Exception {
    assertFailsAfterHello(new byte[0], FailureReason.CLOSED_BY_PEER);
  }

  @Test
  void failsWhenTheServerClosesInTheMiddleOfTheHandshake() throws Exception {
    assertFailsAfterHello(firstHalf(serverHello(0x0303)), FailureReason.CLOSED_BY_PEER);
  }

  @Test
  void failsWhenTheServerResetsInTheHandshake() throws Exception {
    Script script =
        wire -> {
          readRecord(wire);
          wire.reset();
        };
    assertFails(script, FailureReason.CONNECTION_RESET, TO_TLS);
  }

  @Test
  void resetsAConnectionWhoseHandshakeIsCancelled() throws Exception {
    CompletableFuture<Boolean> hello = new CompletableFuture<>();
    CompletableFuture<End> end = new CompletableFuture<>();
    Script script =
        wire -> {
          readRecord(wire);
          hello.complete(true);
          end.complete(wire.awaitEnd());
        };
    try (ScriptedServer server = ScriptedServer.start(script)) {
      Running probe = runner.start(wss(server, "127.0.0.1"), AMPLE);
      await(hello);
      probe.cancel();

      assertThat(probe.result()).failedWith(FailureReason.CANCELLED, TO_TLS).notAnswered();
      assertThat(await(end)).isEqualTo(End.RESET);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsWhenTheServerResetsInsteadOfAnsweringTheUpgrade(String version) throws Exception {
    Script script =
        afterRequest(
            version,
            peer -> {
              peer.wire().reset();
            });
    assertFails(script, FailureReason.CONNECTION_RESET, TO_UPGRADE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsWhenTheServerClosesInsteadOfAnsweringTheUpgrade(String version) throws Exception {
    Script script =
        afterRequest(
            version,
            peer -> {
              peer.inside().sendEof();
              peer.wire().sendEof();
              peer.wire().awaitEnd();
            });
    assertFails(script, FailureReason.CLOSED_BY_PEER, TO_UPGRADE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsWhenTheServerClosesWithoutAlertInsteadOfAnsweringTheUpgrade(String version)
      throws Exception {
    Script script =
        afterRequest(
            version,
            peer -> {
              peer.wire().sendEof();
              peer.wire().awaitEnd();
            });
    assertFails(script, FailureReason.CLOSED_BY_PEER, TO_UPGRADE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsAtOnceWhenTheServerSaysCloseAndKeepsTheConnection(String version) throws Exception {
    Script script =
        afterRequest(
            version,
            peer -> {
              peer.inside().sendEof();
              peer.wire().awaitEnd();
            });
    assertFails(script, FailureReason.CLOSED_BY_PEER, TO_UPGRADE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsWhenARecordOfTheUpgradeIsCorrupt(String version) throws Exception {
    Script script = afterRequest(version, TlsFailureTest::sendCorruptRecord);
    assertFails(script, FailureReason.TLS_FAILURE, TO_UPGRADE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsWhenTheServerResetsInsteadOfAnsweringThePing(String version) throws Exception {
    assertFailsAfterPing(version, FailureReason.CONNECTION_RESET, peer -> peer.wire().reset());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsWhenTheServerClosesInsteadOfAnsweringThePing(String version) throws Exception {
    assertFailsAfterPing(
        version,
        FailureReason.CLOSED_BY_PEER,
        peer -> {
          peer.inside().sendEof();
          peer.wire().sendEof();
          peer.wire().awaitEnd();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsWhenTheServerClosesWithoutAlertInsteadOfAnsweringThePing(String version)
      throws Exception {
    assertFailsAfterPing(
        version,
        FailureReason.CLOSED_BY_PEER,
        peer -> {
          peer.wire().sendEof();
          peer.wire().awaitEnd();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsWhenARecordOfThePongIsCorrupt(String version) throws Exception {
    assertFailsAfterPing(version, FailureReason.TLS_FAILURE, TlsFailureTest::sendCorruptRecord);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsAtOnceWhenARecordOfTheUpgradeIsCorruptAndTheServerKeepsTheConnection(String version)
      throws Exception {
    Script script = afterRequest(version, TlsFailureTest::sendCorruptRecordAndStay);
    assertFails(script, FailureReason.TLS_FAILURE, TO_UPGRADE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void failsAtOnceWhenARecordOfThePongIsCorruptAndTheServerKeepsTheConnection(String version)
      throws Exception {
    assertFailsAfterPing(
        version, FailureReason.TLS_FAILURE, TlsFailureTest::sendCorruptRecordAndStay);
  }

  /** A server that takes a ClientHello, answers with these bytes, and says that no more come. */
  @Test
  void repeatsInTheLogNothingThatThePeerSaid() throws Exception {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(ProbeLog.class);
    Level level = logger.getLevel();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(log);
    log.list = new CopyOnWriteArrayList<>();
    log.start();
    Script script =
        afterRequest(
            "TLSv1.2",
            peer -> {
              peer.wire().send("GET /c4n4ry HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
              peer.wire().sendEof();
              peer.wire().awaitEnd();
            });
    try (ScriptedServer server = ScriptedServer.start(script)) {
      probe(server);
      assertFailsAfterHello(
          "HTTP/1.1 400 c4n4ry\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
          FailureReason.TLS_PROTOCOL);
      Awaitility.await().until(() -> log.list.size() == 2);
    } finally {
      logger.detachAppender(log);
      logger.setLevel(level);
    }
    assertThat(log.list)
        .allSatisfy(
            event ->
                assertThat(String.valueOf(event.getKeyValuePairs()))
                    .doesNotContain("c4n4ry", "63346e347279"));
  }

  private void assertFailsAfterHello(byte[] answer, FailureReason reason) throws Exception {
    Script script =
        wire -> {
          readRecord(wire);
          wire.send(answer);
          wire.sendEof();
          wire.awaitEnd();
        };
    assertFails(script, reason, TO_TLS);
  }

  private void assertFails(Script script, FailureReason reason, Phase[] phases) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(probe(server)).failedWith(reason, phases).notAnswered().hasAddress("127.0.0.1");
    }
  }

  private void assertFailsAfterPing(
      String version, FailureReason reason, TlsPeer.TlsScript afterPing) throws Exception {
    Script script =
        serving(
            certificates.serverContext(),
            only(version),
            peer -> {
              peer.inside().acceptUpgrade();
              peer.inside().readFrame(Peer.PING);
              afterPing.serve(peer);
            });
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(probe(server)).failedWith(reason, TO_PING).pongMissing(0);
    }
  }

  private static Script afterRequest(String version, TlsPeer.TlsScript afterRequest)
      throws Exception {
    return serving(
        certificates.serverContext(),
        only(version),
        peer -> {
          peer.inside().readRequestHead();
          afterRequest.serve(peer);
        });
  }

  private static Consumer<SSLParameters> only(String version) {
    return parameters -> parameters.setProtocols(new String[] {version});
  }

  /** Sends a record that does not decrypt, and closes when the alert has come. */
  private static void sendCorruptRecord(TlsPeer peer) throws IOException {
    peer.wire().send(record(DATA, 0x0303, new byte[64]));
    peer.inside().awaitEnd();
    peer.wire().sendEof();
    peer.wire().awaitEnd();
  }

  /** Sends a record that does not decrypt, and waits for the other side to end it. */
  private static void sendCorruptRecordAndStay(TlsPeer peer) throws IOException {
    peer.wire().send(record(DATA, 0x0303, new byte[64]));
    peer.wire().awaitEnd();
  }

  private static byte[] firstHalf(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length / 2);
  }
}
