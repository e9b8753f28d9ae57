package io.github.websocketexporter.engine;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.transport.TlsClients;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import io.netty.pkitesting.CertificateBuilder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the tests of a class with each TLS library that this machine has. Probes trust the authority
 * of the test alone, and ask the name server of the test.
 */
@ParameterizedClass
@MethodSource("io.github.websocketexporter.engine.TlsEngineTest#providers")
abstract class TlsEngineTest {
  /** The phases up to TLS, towards a literal address. */
  static final Phase[] TO_TLS = {Phase.CONNECT, Phase.TLS};

  /** The phases up to the upgrade, towards a literal address. */
  static final Phase[] TO_UPGRADE = {Phase.CONNECT, Phase.TLS, Phase.UPGRADE};

  /** All phases, towards a literal address. */
  static final Phase[] TO_PING = {Phase.CONNECT, Phase.TLS, Phase.UPGRADE, Phase.PING};

  /** All phases, towards a host name. */
  static final Phase[] ALL = {Phase.RESOLVE, Phase.CONNECT, Phase.TLS, Phase.UPGRADE, Phase.PING};

  @SuppressWarnings("NullAway.Init")
  @TempDir
  static Path directory;

  @SuppressWarnings("NullAway.Init")
  static Certificates certificates;

  @SuppressWarnings("NullAway.Init")
  @Parameter
  SslProvider provider;

  @SuppressWarnings("NullAway.Init")
  DnsServer names;

  @SuppressWarnings("NullAway.Init")
  ProbeRunner runner;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(directory);
  }

  @BeforeEach
  void openRunner() throws Exception {
    names = new DnsServer();
    TlsClients tls = certificates.trusted(() -> new TlsClients(provider));
    runner = new ProbeRunner(TransportKind.AUTO, tls, List.of(names.address()));
  }

  @AfterEach
  void closeRunner() {
    runner.close();
    names.close();
  }

  /** The TLS libraries that this machine has. */
  static Stream<SslProvider> providers() {
    return OpenSsl.isAvailable()
        ? Stream.of(SslProvider.OPENSSL, SslProvider.JDK)
        : Stream.of(SslProvider.JDK);
  }

  /** Probes {@code server} under a name, or under a literal address as it stands in a URI. */
  ProbeResult probe(ScriptedServer server, String host) {
    return runner.probe(wss(server, host));
  }

  /** Probes {@code server} at 127.0.0.1. */
  ProbeResult probe(ScriptedServer server) {
    return probe(server, "127.0.0.1");
  }

  static String wss(ScriptedServer server, String host) {
    return "wss://" + host + ":" + server.port() + "/";
  }

  /** A certificate to be issued, for localhost and the loopback's addresses. */
  static CertificateBuilder forLoopback() {
    return new CertificateBuilder()
        .subject("CN=localhost")
        .addSanDnsName("localhost")
        .addSanIpAddress("127.0.0.1")
        .addSanIpAddress("::1");
  }
}
