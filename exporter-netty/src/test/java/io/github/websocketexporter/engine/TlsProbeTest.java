package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.AMPLE;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.engine.TlsPeer.serving;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes over TLS whose handshake succeeds: what they ask for, and what comes after it. */
class TlsProbeTest extends TlsEngineTest {
  private static final int PROBES = 5;

  @Test
  void findsEveryFactOfAHealthyTarget() throws Exception {
    try (ScriptedServer server = healthy(parameters -> {})) {
      assertThat(probe(server, "localhost")).succeededAfter(ALL).pongCame(0);
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void resolvesNoLiteralAddress() throws Exception {
    try (ScriptedServer server = healthy(parameters -> {})) {
      assertThat(probe(server)).succeededAfter(TO_PING).pongCame(0).hasAddress("127.0.0.1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void speaksBothVersions(String version) throws Exception {
    try (ScriptedServer server = healthy(only(version))) {
      assertThat(probe(server)).succeededAfter(TO_PING).pongCame(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "service", "target.example.test", "xn--bcher-kva.test"})
  void sendsTheServerNameOfAName(String name) throws Exception {
    names.has(name, 1, "127.0.0.1");
    X509Bundle identity = forLoopback().addSanDnsName(name).buildIssuedBy(certificates.authority());
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (ScriptedServer server = healthy("127.0.0.1", identity, matching(seen))) {
      assertThat(probe(server, name)).succeededAfter(ALL);
      assertThat(seen).containsExactly(name);
    }
  }

  @Test
  void sendsTheServerNameWithoutItsTrailingDot() throws Exception {
    names.has("target.example.test", 1, "127.0.0.1");
    X509Bundle identity =
        forLoopback().addSanDnsName("target.example.test").buildIssuedBy(certificates.authority());
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (ScriptedServer server = healthy("127.0.0.1", identity, matching(seen))) {
      assertThat(probe(server, "target.example.test.")).succeededAfter(ALL);
      assertThat(seen).containsExactly("target.example.test");
    }
  }

  /** The JDK, which verifies for both libraries, takes it for no host name. */
  @ParameterizedTest
  @ValueSource(strings = {"my_service", "my_service.example.test"})
  void cannotVerifyANameWithAnUnderscoreAndSendsNone(String name) throws Exception {
    names.has(name, 1, "127.0.0.1");
    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=a name with an underscore")
            .addExtensionOctetString("2.5.29.17", false, alternativeName(name))
            .buildIssuedBy(certificates.authority());
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (ScriptedServer server = healthy("127.0.0.1", identity, matching(seen))) {
      assertThat(probe(server, name))
          .failedWith(FailureReason.TLS_FAILURE, Phase.RESOLVE, Phase.CONNECT, Phase.TLS)
          .notAnswered();
      assertThat(seen).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"my_service", "my_service.example.test"})
  void leavesANameWithAnUnderscoreOutOfItsHello(String name) throws Exception {
    names.has(name, 1, "127.0.0.1");
    CompletableFuture<byte[]> hello = new CompletableFuture<>();
    ScriptedServer.Script script = wire -> hello.complete(TlsPeer.readRecord(wire));
    try (ScriptedServer server = ScriptedServer.start(script)) {
      assertThat(probe(server, name).success()).isFalse();
      assertThat(new String(await(hello), StandardCharsets.ISO_8859_1)).doesNotContain(name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void sendsNoServerNameForALiteralAddress(String address) throws Exception {
    assumeTrue(!address.contains(":") || Ports.hasIp6());
    X509Bundle identity = forLoopback().buildIssuedBy(certificates.authority());
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    try (ScriptedServer server = healthy(address, identity, matching(seen))) {
      String host = address.contains(":") ? "[" + address + "]" : address;
      assertThat(probe(server, host)).succeededAfter(TO_PING);
      assertThat(seen).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void makesAFullHandshakeEachTime(String version) throws Exception {
    CountingKeys keys = CountingKeys.of(certificates.server());
    SSLContext context = certificates.serverContext(keys);
    try (ScriptedServer server =
        ScriptedServer.start(serving(context, only(version), TlsPeer::serveOneProbe))) {
      for (int i = 0; i < PROBES; i++) {
        assertThat(probe(server, "localhost")).succeededAfter(ALL);
      }
      assertThat(keys.handshakes()).isEqualTo(PROBES);
    }
  }

  /** Without this the test above would prove nothing. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void couldResumeSessionsOfThatServer(String version) throws Exception {
    CountingKeys keys = CountingKeys.of(certificates.server());
    SSLContext context = certificates.serverContext(keys);
    SSLContext client = SSLContext.getInstance("TLS");
    client.init(null, new TrustManager[] {certificates.authority().toTrustManager()}, null);
    try (ScriptedServer server =
        ScriptedServer.start(
            serving(context, only(version), peer -> peer.inside().send("after the ticket")))) {
      for (int i = 0; i < PROBES; i++) {
        try (SSLSocket socket =
            (SSLSocket) client.getSocketFactory().createSocket("localhost", server.port())) {
          assertThat(socket.getInputStream().read()).isEqualTo('a');
        }
      }
      assertThat(keys.handshakes()).isEqualTo(1);
    }
  }

  @Test
  void takesFramesThatComeInOneRecordWithThe101() throws Exception {
    TlsPeer.TlsScript script =
        peer -> {
          Head head = peer.inside().readRequestHead();
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          bytes.writeBytes(Peer.switchingProtocols(head).getBytes(StandardCharsets.ISO_8859_1));
          bytes.writeBytes(Peer.frame(Peer.PONG, new byte[8]));
          bytes.writeBytes(Peer.frame(Peer.TEXT, new byte[] {'h', 'i'}));
          peer.inside().send(bytes.toByteArray());
          peer.inside().pong();
          peer.inside().readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server =
        ScriptedServer.start(serving(certificates.serverContext(), script))) {
      assertThat(probe(server)).succeededAfter(TO_PING).pongCame(1);
    }
  }

  @Test
  void takesDataInOneRecordWithThePong() throws Exception {
    TlsPeer.TlsScript script =
        peer -> {
          peer.inside().acceptUpgrade();
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          byte[] payload = peer.inside().readFrame(Peer.PING).payload();
          bytes.writeBytes(Peer.frame(Peer.TEXT, new byte[] {'h', 'i'}));
          bytes.writeBytes(Peer.frame(Peer.PONG, payload));
          bytes.writeBytes(Peer.frame(Peer.TEXT, new byte[] {'h', 'o'}));
          peer.inside().send(bytes.toByteArray());
          peer.inside().readFrame(Peer.CLOSE);
        };
    try (ScriptedServer server =
        ScriptedServer.start(serving(certificates.serverContext(), script))) {
      assertThat(probe(server)).succeededAfter(TO_PING).pongCame(0);
    }
  }

  @Test
  void keepsManyProbesAtOnceApart() throws Exception {
    try (ScriptedServer server = healthy(parameters -> {})) {
      List<Running> probes = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        probes.add(runner.start(wss(server, "127.0.0.1"), AMPLE));
      }
      assertThat(probes)
          .allSatisfy(each -> assertThat(each.result()).succeededAfter(TO_PING).pongCame(0));
      assertThat(server.accepted()).isEqualTo(50);
    }
  }

  /** The extension's value, in DER: the builder would refuse the name. */
  private static byte[] alternativeName(String name) {
    ByteBuffer der = ByteBuffer.allocate(4 + name.length());
    der.put((byte) 0x30).put((byte) (2 + name.length()));
    der.put((byte) 0x82).put((byte) name.length());
    return der.put(name.getBytes(StandardCharsets.US_ASCII)).array();
  }

  private static ScriptedServer healthy(Consumer<SSLParameters> setup) throws Exception {
    return healthy("127.0.0.1", certificates.server(), setup);
  }

  private static ScriptedServer healthy(
      String address, X509Bundle identity, Consumer<SSLParameters> setup) throws Exception {
    SSLContext context = certificates.serverContext(identity);
    return ScriptedServer.start(address, serving(context, setup, TlsPeer::serveOneProbe));
  }

  private static Consumer<SSLParameters> only(String version) {
    return parameters -> parameters.setProtocols(new String[] {version});
  }

  /** Takes every server name, and adds it to {@code seen}. */
  private static Consumer<SSLParameters> matching(Queue<String> seen) {
    SNIMatcher matcher =
        new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
          @Override
          public boolean matches(SNIServerName name) {
            seen.add(new String(name.getEncoded(), StandardCharsets.US_ASCII));
            return name instanceof SNIHostName;
          }
        };
    return parameters -> parameters.setSNIMatchers(List.of(matcher));
  }
}
