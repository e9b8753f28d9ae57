package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.RESOLVE;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** What a server sees of a whole probe; {@link ProbeHandshakerTest} has the request's details. */
class WireProbeTest extends EngineTest {
  private final CompletableFuture<Head> request = new CompletableFuture<>();
  private final ScriptedServer.Script script =
      peer -> {
        request.complete(peer.acceptUpgrade());
        peer.pong();
        peer.readFrame(Peer.CLOSE);
      };

  WireProbeTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @Test
  void sendsTheTargetsPathHostAndCredentials() throws Exception {
    try (ScriptedServer server = ScriptedServer.start(script)) {
      String host = "localhost:" + server.port();
      assertThat(runner.probe("ws://user:secret@" + host + "/%7Etoken%2F?q=%20+"))
          .succeededAfter(RESOLVE, CONNECT, UPGRADE, PING);

      Head head = await(request);
      assertThat(head.requestLine()).isEqualTo("GET /%7Etoken%2F?q=%20+ HTTP/1.1");
      assertThat(head.value("Host")).isEqualTo(host);
      assertThat(head.value("User-Agent")).isEqualTo(ProbeRunner.USER_AGENT);
      assertThat(head.value("Sec-WebSocket-Version")).isEqualTo("13");
      assertThat(head.value("Authorization")).isEqualTo("Basic dXNlcjpzZWNyZXQ=");
      assertThat(head.values("Origin")).isEmpty();
    }
  }

  @Test
  void reachesAnIp6Address() throws Exception {
    assumeTrue(Ports.hasIp6(), "this machine has no IPv6 on its loopback");
    try (ScriptedServer server = ScriptedServer.start("::1", script)) {
      String host = "[::1]:" + server.port();
      assertThat(runner.probe("ws://" + host + "/"))
          .succeededAfter(CONNECT, UPGRADE, PING)
          .pongCame(0)
          .hasAddress("0:0:0:0:0:0:0:1");

      assertThat(await(request).value("Host")).isEqualTo(host);
    }
  }
}
