package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.TlsPeer.serving;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.MESSAGES;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.TLS;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Deflated;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Frame;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.ScriptedServer;
import org.junit.jupiter.api.Test;

/** What follows the upgrade, inside of TLS. */
class TlsConversationTest extends TlsEngineTest {
  private static final int RSV1 = 4;
  private static final String MESSAGES_OF_A_MODULE =
      """
      ping.count = 0
      messages = [{ send = "height?", expect = "^height=(?P<height>.*)", extract = [height] }]
      """;

  @Test
  void sendsSeveralPings() throws Exception {
    TlsPeer.TlsScript script =
        peer -> {
          peer.inside().acceptUpgrade();
          for (int i = 0; i < 4; i++) {
            peer.inside().pong();
          }
          peer.inside().readFrame(Peer.CLOSE);
        };

    assertThat(probe("ping { count = 4, interval = 5ms }", script))
        .succeededAfter(CONNECT, TLS, UPGRADE, PING)
        .pinged(4, 4, 0);
  }

  @Test
  void exchangesMessages() throws Exception {
    TlsPeer.TlsScript script =
        peer -> {
          peer.inside().acceptUpgrade();
          Frame question = peer.inside().readFrame(Peer.TEXT);
          assertThat(question.payload()).isEqualTo("height?".getBytes(UTF_8));
          peer.inside().sendFrame(Peer.TEXT, "height=17".getBytes(UTF_8));
          peer.inside().readFrame(Peer.CLOSE);
        };

    assertHeightIsExtracted(probe(MESSAGES_OF_A_MODULE, script));
  }

  @Test
  void exchangesMessagesThatAreCompressed() throws Exception {
    TlsPeer.TlsScript script =
        peer -> {
          Head head = peer.inside().readRequestHead();
          String agreed = "Sec-WebSocket-Extensions: permessage-deflate";
          peer.inside().send(Peer.switchingProtocols(head, agreed));
          Frame question = peer.inside().readFrame(Peer.TEXT);
          assertThat(question.rsv()).isEqualTo(RSV1);
          assertThat(Deflated.text(question.payload())).isEqualTo("height?");
          peer.inside().send(Peer.frame(true, RSV1, Peer.TEXT, Deflated.of("height=17")));
          peer.inside().readFrame(Peer.CLOSE);
        };

    assertHeightIsExtracted(probe("compression = true\n" + MESSAGES_OF_A_MODULE, script));
  }

  private ProbeResult probe(String module, TlsPeer.TlsScript script) throws Exception {
    try (ScriptedServer server =
        ScriptedServer.start(serving(certificates.serverContext(), script))) {
      return runner.probe(wss(server, "127.0.0.1"), Modules.of(module));
    }
  }

  private static void assertHeightIsExtracted(ProbeResult result) {
    assertThat(result.failure()).isNull();
    assertThat(result.timings().ran(MESSAGES)).isTrue();
    assertThat(requireNonNull(result.messages()).values()).containsExactly(entry("height", 17.0));
  }
}
