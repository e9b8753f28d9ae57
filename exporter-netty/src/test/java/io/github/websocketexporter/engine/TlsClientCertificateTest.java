package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.TlsPeer.fatalAlert;
import static io.github.websocketexporter.engine.TlsPeer.readRecord;
import static io.github.websocketexporter.engine.TlsPeer.sendFirstFlight;
import static io.github.websocketexporter.engine.TlsPeer.serving;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes of servers that ask for a certificate of the client's, which a probe does not have. */
class TlsClientCertificateTest extends TlsEngineTest {
  private static final FailureReason REJECTED = FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED;

  @Test
  void isRejectedInTheHandshakeByAServerOfTls12ThatInsists() throws Exception {
    try (ScriptedServer server = asking("TLSv1.2", true)) {
      ProbeResult result = probe(server);

      assertThat(result)
          .failedWith(FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED, TO_TLS)
          .notAnswered();
      assertThat(facts(result).verified()).isTrue();
      assertThat(facts(result).version()).isNull();
    }
  }

  /** The client of TLS 1.3 is done before the server has seen that it has no certificate. */
  @Test
  void isRejectedInTheUpgradeByAServerOfTls13ThatInsists() throws Exception {
    try (ScriptedServer server = asking("TLSv1.3", true)) {
      ProbeResult result = probe(server);

      assertThat(result)
          .failedWith(FailureReason.TLS_CLIENT_CERTIFICATE_REJECTED, TO_UPGRADE)
          .notAnswered();
      assertThat(facts(result).verified()).isTrue();
      assertThat(facts(result).version()).isEqualTo("TLS 1.3");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void isServedByAServerThatDoesNotInsist(String version) throws Exception {
    try (ScriptedServer server = asking(version, false)) {
      assertThat(probe(server)).succeededAfter(TO_PING).pongCame(0);
    }
  }

  /**
   * 40 handshake_failure, 41 no_certificate, 42 bad_certificate, 43 unsupported_certificate, 44
   * certificate_revoked, 45 certificate_expired, 46 certificate_unknown, 48 unknown_ca, 49
   * access_denied, 116 certificate_required.
   */
  @ParameterizedTest
  @ValueSource(ints = {40, 41, 42, 43, 44, 45, 46, 48, 49, 116})
  void knowsEveryAlertThatSaysSo(int alert) throws Exception {
    assertFails(asking(wire -> wire.send(fatalAlert(alert))), REJECTED);
  }

  /** 51 decrypt_error, 80 internal_error. */
  @ParameterizedTest
  @ValueSource(ints = {51, 80})
  void doesNotTakeAnyAlertForARejection(int alert) throws Exception {
    assertFails(asking(wire -> wire.send(fatalAlert(alert))), FailureReason.TLS_FAILURE);
  }

  @Test
  void isNotRejectedByAServerThatDidNotAsk() throws Exception {
    Script script =
        wire -> {
          sendFirstFlight(wire, certificates.serverContext(), "TLSv1.2", false);
          wire.send(fatalAlert(42));
          wire.sendEof();
          wire.awaitEnd();
        };
    assertFails(script, FailureReason.TLS_FAILURE);
  }

  @Test
  void saysResetOfAServerThatAsksAndResets() throws Exception {
    assertFails(
        asking(
            wire -> {
              readRecord(wire);
              wire.reset();
            }),
        FailureReason.CONNECTION_RESET);
  }

  private void assertFails(Script script, FailureReason reason) throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(probe(server)).failedWith(reason, TO_TLS).notAnswered();
    }
  }

  private static ScriptedServer asking(String version, boolean insisting) throws Exception {
    return ScriptedServer.start(
        serving(
            certificates.serverContext(),
            parameters -> {
              parameters.setProtocols(new String[] {version});
              if (insisting) {
                parameters.setNeedClientAuth(true);
              } else {
                parameters.setWantClientAuth(true);
              }
            },
            TlsPeer::serveOneProbe));
  }

  /** Asks in TLS 1.2, whose alerts are in the clear, and does not wait for the answer. */
  private static Script asking(Script then) {
    return wire -> {
      sendFirstFlight(wire, certificates.serverContext(), "TLSv1.2", true);
      then.serve(wire);
      if (!wire.socket().isClosed()) {
        wire.sendEof();
        wire.awaitEnd();
      }
    };
  }

  private static TlsFacts facts(ProbeResult result) {
    return Optional.ofNullable(result.tls()).orElseThrow();
  }
}
