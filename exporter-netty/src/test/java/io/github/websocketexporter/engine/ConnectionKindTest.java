package io.github.websocketexporter.engine;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.TlsPeer.TlsScript;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import io.github.websocketexporter.transport.TlsClients;
import io.netty.handler.ssl.SslProvider;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the tests of a class over each transport that this machine has, without TLS and with each
 * library for it.
 */
@ParameterizedClass
@MethodSource("io.github.websocketexporter.engine.ConnectionKindTest#kinds")
abstract class ConnectionKindTest {
  @SuppressWarnings("NullAway.Init")
  @TempDir
  static Path directory;

  @SuppressWarnings("NullAway.Init")
  static Certificates certificates;

  @SuppressWarnings("NullAway.Init")
  @Parameter(0)
  TransportKind transport;

  /** Null without TLS. */
  @Parameter(1)
  @Nullable SslProvider tls;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(directory);
  }

  static Stream<Arguments> kinds() {
    return ProbeRunner.transports()
        .flatMap(
            transport ->
                Stream.concat(Stream.of((SslProvider) null), TlsEngineTest.providers())
                    .map(tls -> Arguments.of(transport, tls)));
  }

  /** What the probes need for TLS. */
  TlsClients tlsClient() throws Exception {
    SslProvider provider = tls;
    return provider == null
        ? new TlsClients()
        : certificates.trusted(() -> new TlsClients(provider));
  }

  /** A script that begins after the handshake, if there is one. */
  Script serving(TlsScript script) throws Exception {
    return tls == null
        ? peer -> script.serve(new TlsPeer(peer, peer))
        : TlsPeer.serving(certificates.serverContext(), script);
  }

  /** The target that {@code server} is. */
  String target(ScriptedServer server) {
    return (tls == null ? "ws" : "wss") + "://127.0.0.1:" + server.port() + "/";
  }

  /** The phases of a probe of such a target that ends in {@code last}. */
  Phase[] phasesTo(Phase last) {
    return Stream.of(Phase.CONNECT, Phase.TLS, Phase.UPGRADE, Phase.PING)
        .filter(phase -> phase.compareTo(last) <= 0)
        .filter(phase -> phase != Phase.TLS || tls != null)
        .toArray(Phase[]::new);
  }
}
