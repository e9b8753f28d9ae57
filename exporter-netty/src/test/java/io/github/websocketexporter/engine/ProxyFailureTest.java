package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.engine.ProbeRunner.await;
import static io.github.websocketexporter.probe.FailureReason.CLOSED_BY_PEER;
import static io.github.websocketexporter.probe.FailureReason.CONNECTION_RESET;
import static io.github.websocketexporter.probe.FailureReason.PROXY_AUTHENTICATION;
import static io.github.websocketexporter.probe.FailureReason.PROXY_FAILURE;
import static io.github.websocketexporter.probe.FailureReason.PROXY_REFUSED;
import static io.github.websocketexporter.probe.FailureReason.PROXY_TIMEOUT;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.PROXY;
import static io.github.websocketexporter.probe.Phase.RESOLVE;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.Blackhole;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.End;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies that refuse, break off, say nonsense or nothing. */
class ProxyFailureTest extends EngineTest {
  private static final String WITH_CREDENTIALS = "username = scraper, password = s3cret";

  ProxyFailureTest(TransportKind kind) throws SSLException {
    super(kind);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void failsToConnectWhenNothingListens(String protocol) throws Exception {
    assertThat(runner.probe("ws://target.example/", through(protocol, Ports.closed(), "")))
        .failedWith(FailureReason.CONNECT_REFUSED, CONNECT)
        .hasAddress("127.0.0.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void failsToConnectWhenNothingAnswers(String protocol) throws Exception {
    try (Blackhole blackhole = Blackhole.open()) {
      assertThat(probe(protocol, blackhole.address().getPort(), ProbeRunner.SHORT))
          .failedWith(FailureReason.CONNECT_TIMEOUT, CONNECT)
          .tookAbout(ProbeRunner.SHORT);
    }
  }

  @Test
  void failsToResolveAProxyThatDoesNotExist() {
    assertThat(
            runner.probe(
                "ws://127.0.0.1:9/", Modules.of("proxy.url = \"http://no-proxy.invalid:3128\"")))
        .failedWith(FailureReason.DNS_NOT_FOUND, RESOLVE)
        .hasNoAddress();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void timesOutWhenTheProxySaysNothing(String protocol) throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(Peer::awaitEnd)) {
      assertThat(probe(protocol, proxy.port(), ProbeRunner.SHORT))
          .failedWith(PROXY_TIMEOUT, CONNECT, PROXY)
          .notAnswered()
          .tookAbout(ProbeRunner.SHORT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void isCancelledWhileTheProxySaysNothing(String protocol) throws Exception {
    CompletableFuture<End> end = new CompletableFuture<>();
    CompletableFuture<Integer> asked = new CompletableFuture<>();
    Script script =
        peer -> {
          asked.complete(peer.read());
          end.complete(peer.awaitEnd());
        };
    try (ScriptedServer proxy = ScriptedServer.start(script)) {
      ProbeRunner.Running running =
          runner.start(
              ProbeRunner.request(
                  "ws://target.example/", ProbeRunner.AMPLE, through(protocol, proxy.port(), "")),
              result -> {});
      await(asked);
      running.cancel();

      assertThat(running.result()).failedWith(FailureReason.CANCELLED, CONNECT, PROXY);
      assertThat(await(end)).isEqualTo(End.RESET);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void failsWhenTheProxyCloses(String protocol) throws Exception {
    assertFails(
        CLOSED_BY_PEER,
        protocol,
        peer -> {
          peer.read();
          peer.sendEof();
          peer.awaitEnd();
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "socks5h"})
  void failsWhenTheProxyResets(String protocol) throws Exception {
    assertFails(
        CONNECTION_RESET,
        protocol,
        peer -> {
          peer.read();
          peer.reset();
        });
  }

  @Nested
  class OfHttp {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "301 Moved Permanently",
          "403 Filtered",
          "502 Bad Gateway",
          "503 Service Unavailable",
          "504 Gateway Timeout",
          "999 No",
          "101 Switching Protocols"
        })
    void refusesByItsStatusWithoutItsBody(String status) throws Exception {
      assertFails(PROXY_REFUSED, "http", answering(status));
    }

    @ParameterizedTest
    @CsvSource({
      "407 Proxy Authentication Required, ''",
      "407 Proxy Authentication Required, '" + WITH_CREDENTIALS + "'",
      "401 Unauthorized, '" + WITH_CREDENTIALS + "'"
    })
    void wantsCredentialsOrOtherOnes(String status, String credentials) throws Exception {
      try (ScriptedServer proxy = ScriptedServer.start(answering(status))) {
        assertThat(runner.probe("ws://target.example/", through("http", proxy.port(), credentials)))
            .failedWith(PROXY_AUTHENTICATION, CONNECT, PROXY)
            .notAnswered();
      }
    }

    /** The body never comes to its end: the status says it all. */
    private Script answering(String status) {
      return peer -> {
        peer.readRequestHead();
        peer.send(Peer.response(status, "Content-Length: 100000"));
        peer.send("<html>");
        peer.awaitEnd();
      };
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "SSH-2.0-OpenSSH_9.2\r\n",
          "\r\n\r\n\0\1\2\3\r\n\r\n",
          "HTTP/1.1 OK\r\n\r\n",
          "HTTP/1.1 two hundred\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n : \r\n\r\n"
        })
    void failsByGarbage(String garbage) throws Exception {
      assertFails(PROXY_FAILURE, "http", sending(garbage));
    }

    @Test
    void failsByAHeaderWithoutEnd() throws Exception {
      assertFails(
          PROXY_FAILURE,
          "http",
          peer -> {
            peer.readRequestHead();
            peer.send("HTTP/1.1 200 OK\r\n");
            while (true) {
              peer.send("X-Padding: " + "x".repeat(1_000) + "\r\n");
            }
          });
    }

    @Test
    void failsByAStatusLineWithoutEnd() throws Exception {
      assertFails(PROXY_FAILURE, "http", sending("HTTP/1.1 200 " + "x".repeat(5_000)));
    }

    @Test
    void timesOutInTheMiddleOfTheHeader() throws Exception {
      try (ScriptedServer proxy =
          ScriptedServer.start(sending("HTTP/1.1 200 Connection established\r\nVia: p"))) {
        assertThat(probe("http", proxy.port(), ProbeRunner.SHORT))
            .failedWith(PROXY_TIMEOUT, CONNECT, PROXY);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 20", "HTTP/1.1 200 OK\r\nVia: p"})
    void failsWhenTheProxyClosesInTheMiddleOfTheHeader(String half) throws Exception {
      assertFails(
          CLOSED_BY_PEER,
          "http",
          peer -> {
            peer.readRequestHead();
            peer.send(half);
            peer.sendEof();
            peer.awaitEnd();
          });
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "HTTP/1.0 200 OK\r\n\r\n",
          "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
          "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\n\r\n"
        })
    void opensTheTunnelByAnyStatusOfSuccessWithoutABody(String answer) throws Exception {
      try (ScriptedServer proxy =
          ScriptedServer.start(
              peer -> {
                peer.readRequestHead();
                peer.send(answer);
                peer.answerPings();
              })) {
        assertThat(runner.probe("ws://target.example/", through("http", proxy.port(), "")))
            .succeededAfter(CONNECT, PROXY, UPGRADE, PING);
      }
    }

    private Script sending(String answer) {
      return peer -> {
        peer.readRequestHead();
        peer.send(answer);
        peer.awaitEnd();
      };
    }
  }

  @Nested
  class OfSocks {
    @ParameterizedTest
    @CsvSource({"0xFF, ''", "2, ''", "1, ''", "0xFF, '" + WITH_CREDENTIALS + "'", "3, ''"})
    void wantsAnotherAuthentication(String method, String credentials) throws Exception {
      Script script =
          peer -> {
            ProxyPeer.choose(peer, Integer.decode(method));
            peer.awaitEnd();
          };
      try (ScriptedServer proxy = ScriptedServer.start(script)) {
        assertThat(
                runner.probe("ws://target.example/", through("socks5h", proxy.port(), credentials)))
            .failedWith(PROXY_AUTHENTICATION, CONNECT, PROXY)
            .notAnswered();
      }
    }

    @Test
    void wantsOtherCredentials() throws Exception {
      Script script =
          peer -> {
            ProxyPeer.choose(peer, ProxyPeer.PASSWORD);
            ProxyPeer.authenticate(peer, 1);
            peer.awaitEnd();
          };
      try (ScriptedServer proxy = ScriptedServer.start(script)) {
        assertThat(
                runner.probe(
                    "ws://target.example/", through("socks5h", proxy.port(), WITH_CREDENTIALS)))
            .failedWith(PROXY_AUTHENTICATION, CONNECT, PROXY);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 0x5B, 0xFF})
    void refusesByItsReply(int code) throws Exception {
      assertFails(PROXY_REFUSED, "socks5h", replying(ProxyPeer.reply(code)));
    }

    @Test
    void failsByAGreetingOfSocks4() throws Exception {
      assertFails(
          PROXY_FAILURE,
          "socks5h",
          peer -> {
            peer.readFully(3);
            peer.send(new byte[] {0, 90});
            peer.awaitEnd();
          });
    }

    @Test
    void failsByAReplyOfAnotherVersion() throws Exception {
      assertFails(PROXY_FAILURE, "socks5h", replying(new byte[] {4, 0, 0, 1, 0, 0, 0, 0, 0, 0}));
    }

    @Test
    void failsByAReplyWithAnAddressOfNoKind() throws Exception {
      assertFails(PROXY_FAILURE, "socks5h", replying(new byte[] {5, 0, 0, 9, 0, 0, 0, 0, 0, 0}));
    }

    @Test
    void failsByAnAnswerOfHttp() throws Exception {
      assertFails(
          PROXY_FAILURE,
          "socks5h",
          peer -> {
            peer.readFully(3);
            peer.send(Peer.response("400 Bad Request"));
            peer.awaitEnd();
          });
    }

    @Test
    void timesOutInTheMiddleOfTheReply() throws Exception {
      try (ScriptedServer proxy =
          ScriptedServer.start(replying(new byte[] {5, 0, 0, 3, (byte) 255, 'a'}))) {
        assertThat(probe("socks5h", proxy.port(), ProbeRunner.SHORT))
            .failedWith(PROXY_TIMEOUT, CONNECT, PROXY);
      }
    }

    @Test
    void failsWhenTheProxyClosesInTheMiddleOfTheReply() throws Exception {
      assertFails(
          CLOSED_BY_PEER,
          "socks5h",
          peer -> {
            ProxyPeer.choose(peer, ProxyPeer.NO_AUTHENTICATION);
            ProxyPeer.readCommand(peer);
            peer.send(new byte[] {5, 0, 0});
            peer.sendEof();
            peer.awaitEnd();
          });
    }

    /** Byte by byte, and with a name where others send an address. */
    @Test
    void readsAReplyInWhateverPieces() throws Exception {
      byte[] reply = {5, 0, 0, 3, 4, 'h', 'o', 's', 't', 0, 80};
      Script script =
          peer -> {
            ProxyPeer.choose(peer, ProxyPeer.NO_AUTHENTICATION);
            ProxyPeer.readCommand(peer);
            for (byte each : reply) {
              peer.send(new byte[] {each});
            }
            peer.answerPings();
          };
      try (ScriptedServer proxy = ScriptedServer.start(script)) {
        assertThat(runner.probe("ws://target.example/", through("socks5h", proxy.port(), "")))
            .succeededAfter(CONNECT, PROXY, UPGRADE, PING);
      }
    }

    /** All of its answers at once, before it was asked. */
    @Test
    void mayAnswerAheadOfTheQuestion() throws Exception {
      Script script =
          peer -> {
            peer.send(new byte[] {5, 2, 1, 0, 5, 0, 0, 1, 127, 0, 0, 1, 0, 80});
            peer.readFully(4);
            peer.readFully(2 + "scraper".length() + 1 + "s3cret".length());
            ProxyPeer.readCommand(peer);
            peer.answerPings();
          };
      try (ScriptedServer proxy = ScriptedServer.start(script)) {
        assertThat(
                runner.probe(
                    "ws://target.example/", through("socks5h", proxy.port(), WITH_CREDENTIALS)))
            .succeededAfter(CONNECT, PROXY, UPGRADE, PING);
      }
    }

    private Script replying(byte[] reply) {
      return peer -> {
        ProxyPeer.choose(peer, ProxyPeer.NO_AUTHENTICATION);
        ProxyPeer.readCommand(peer);
        peer.send(reply);
        peer.awaitEnd();
      };
    }
  }

  private void assertFails(FailureReason reason, String protocol, Script script) throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(script)) {
      assertThat(probe(protocol, proxy.port(), ProbeRunner.AMPLE))
          .failedWith(reason, CONNECT, PROXY)
          .notAnswered()
          .hasAddress("127.0.0.1");
    }
  }

  private ProbeResult probe(String protocol, int port, Duration limit) {
    return runner
        .start(
            ProbeRunner.request("ws://target.example/", limit, through(protocol, port, "")),
            result -> {})
        .result();
  }

  private static ProbeModule through(String protocol, int port, String more) {
    return Modules.of("proxy { url = \"%s://127.0.0.1:%d\"\n%s }".formatted(protocol, port, more));
  }
}
