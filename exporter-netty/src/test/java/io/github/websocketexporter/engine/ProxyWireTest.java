package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.PROXY;
import static io.github.websocketexporter.probe.Phase.RESOLVE;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.ProxySettings.Protocol;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.Peer.Head;
import io.github.websocketexporter.testing.Ports;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.testing.ScriptedServer.Script;
import io.github.websocketexporter.transport.TlsClients;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a proxy sees of a probe: each key of its block, byte by byte. */
class ProxyWireTest {
  private static final Phase[] THROUGH = {CONNECT, PROXY, UPGRADE, PING};
  private static final Phase[] RESOLVED_THROUGH = {RESOLVE, CONNECT, PROXY, UPGRADE, PING};

  /** What a client of SOCKS said, message by message. */
  private final Queue<byte[]> said = new ConcurrentLinkedQueue<>();

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init")
  private DnsServer names;

  @SuppressWarnings("NullAway.Init")
  private ProbeRunner runner;

  @BeforeEach
  void openRunner() throws Exception {
    names = new DnsServer();
    runner = new ProbeRunner(TransportKind.AUTO, new TlsClients(), List.of(names.address()));
  }

  @AfterEach
  void closeRunner() {
    runner.close();
    names.close();
  }

  @Test
  void asksAnHttpProxyForTheTargetByItsName() throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(ProxyWireTest::serveHttp)) {
      assertThat(runner.probe("ws://user:secret@target.test:8080/path", through("http", proxy, "")))
          .succeededAfter(THROUGH)
          .hasAddress("127.0.0.1");

      assertThat(proxy.awaitRequest().lines())
          .containsExactly(
              "CONNECT target.test:8080 HTTP/1.1",
              "host: target.test:8080",
              "user-agent: " + ProbeRunner.USER_AGENT);
      Head upgrade = proxy.awaitRequest();
      assertThat(upgrade.requestLine()).isEqualTo("GET /path HTTP/1.1");
      assertThat(upgrade.value("Host")).isEqualTo("target.test:8080");
      assertThat(names.queries()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ws://target.test/, target.test:80",
    "ws://target.test.:8080/, target.test.:8080",
    "ws://192.0.2.1/, 192.0.2.1:80",
    "ws://[2001:DB8::1]:8080/, [2001:db8::1]:8080"
  })
  void namesTheTargetToAnHttpProxyAlwaysWithItsPort(String target, String authority)
      throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(ProxyWireTest::serveHttp)) {
      assertThat(runner.probe(target, through("http", proxy, ""))).succeededAfter(THROUGH);

      Head connect = proxy.awaitRequest();
      assertThat(connect.requestLine()).isEqualTo("CONNECT " + authority + " HTTP/1.1");
      assertThat(connect.value("Host")).isEqualTo(authority);
    }
  }

  @Test
  void sendsItsCredentialsToAnHttpProxyAndNotToTheTarget() throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(ProxyWireTest::serveHttp)) {
      assertThat(
              runner.probe(
                  "ws://target.test/",
                  through("http", proxy, "username = scraper, password = \"p:ä\"")))
          .succeededAfter(THROUGH);

      assertThat(proxy.awaitRequest().value("Proxy-Authorization"))
          .isEqualTo("Basic c2NyYXBlcjpwOsOk");
      Head upgrade = proxy.awaitRequest();
      assertThat(upgrade.values("Proxy-Authorization")).isEmpty();
      assertThat(upgrade.values("Authorization")).isEmpty();
    }
  }

  @Test
  void asksASocksProxyForTheTargetByItsName() throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(serveSocks())) {
      assertThat(runner.probe("ws://target.test:8080/", through("socks5h", proxy, "")))
          .succeededAfter(THROUGH)
          .hasAddress("127.0.0.1");

      assertThat(said)
          .containsExactly(
              new byte[] {5, 1, 0}, bytes(5, 1, 0, 3, 11, "target.test", 8080 >> 8, 8080 & 0xFF));
      assertThat(names.queries()).isEmpty();
      Head upgrade = proxy.awaitRequest();
      assertThat(upgrade.value("Host")).isEqualTo("target.test:8080");
    }
  }

  @Test
  void asksASocksProxyForTheTargetByTheAddressThatItFound() throws Exception {
    names.has("target.test", 60, "192.0.2.7");
    try (ScriptedServer proxy = ScriptedServer.start(serveSocks())) {
      assertThat(runner.probe("ws://target.test/", through("socks5", proxy, "")))
          .succeededAfter(RESOLVED_THROUGH)
          .hasAddress("127.0.0.1");

      assertThat(said)
          .containsExactly(new byte[] {5, 1, 0}, bytes(5, 1, 0, 1, 192, 0, 2, 7, 0, 80));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5", "socks5h"})
  void sendsAGivenAddressToASocksProxyAsOne(String protocol) throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(serveSocks())) {
      assertThat(runner.probe("ws://192.0.2.7/", through(protocol, proxy, "")))
          .succeededAfter(THROUGH);
      assertThat(runner.probe("ws://[2001:db8::1]/", through(protocol, proxy, "")))
          .succeededAfter(THROUGH);

      assertThat(said)
          .contains(bytes(5, 1, 0, 1, 192, 0, 2, 7, 0, 80))
          .contains(
              bytes(5, 1, 0, 4, 0x20, 1, 0xD, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 80));
    }
  }

  @Test
  void sendsItsCredentialsToASocksProxyThatWantsThem() throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(serveSocksWithPassword())) {
      assertThat(
              runner.probe(
                  "ws://target.test/",
                  through("socks5h", proxy, "username = \"me:you\", password = \"pä\"")))
          .succeededAfter(THROUGH);

      assertThat(said)
          .startsWith(new byte[] {5, 2, 0, 2}, bytes(1, 6, "me:you", 3, 'p', 0xC3, 0xA4));
    }
  }

  @Test
  void sendsTheLongestCredentialsThatSocksCanCarry() throws Exception {
    String longest = "x".repeat(255);
    try (ScriptedServer proxy = ScriptedServer.start(serveSocksWithPassword())) {
      assertThat(
              runner.probe(
                  "ws://target.test/",
                  through("socks5h", proxy, "username = " + longest + ", password = " + longest)))
          .succeededAfter(THROUGH);

      assertThat(said).contains(bytes(1, 255, longest, 255, longest));
    }
  }

  @Test
  void keepsItsCredentialsFromASocksProxyThatWantsNone() throws Exception {
    try (ScriptedServer proxy = ScriptedServer.start(serveSocks())) {
      assertThat(
              runner.probe(
                  "ws://target.test/",
                  through("socks5h", proxy, "username = me, password = s3cret")))
          .succeededAfter(THROUGH);

      assertThat(said).hasSize(2).startsWith(new byte[] {5, 2, 0, 2});
    }
  }

  @Test
  void takesThePasswordFromAFile() throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "s3cret\n");
    try (ScriptedServer proxy = ScriptedServer.start(ProxyWireTest::serveHttp)) {
      assertThat(
              runner.probe(
                  "ws://target.test/",
                  through("http", proxy, "username = scraper, password-file = \"" + file + "\"")))
          .succeededAfter(THROUGH);

      assertThat(proxy.awaitRequest().value("Proxy-Authorization"))
          .isEqualTo("Basic c2NyYXBlcjpzM2NyZXQ=");
    }
  }

  @Test
  void reachesAProxyAtAnIp6Address() throws Exception {
    assumeTrue(Ports.hasIp6(), "this machine has no IPv6 on its loopback");
    try (ScriptedServer proxy = ScriptedServer.start("::1", ProxyWireTest::serveHttp)) {
      assertThat(runner.probe("ws://target.test/", through(Protocol.HTTP, "[::1]", proxy.port())))
          .succeededAfter(THROUGH)
          .hasAddress("0:0:0:0:0:0:0:1");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HTTP", "SOCKS5H"})
  void resolvesTheProxysNameAndNotTheTargets(Protocol protocol) throws Exception {
    names.has("proxy.test", 60, "127.0.0.1");
    try (ScriptedServer proxy = ScriptedServer.start(serve(protocol))) {
      assertThat(runner.probe("ws://target.test/", through(protocol, "proxy.test", proxy.port())))
          .succeededAfter(RESOLVED_THROUGH)
          .hasAddress("127.0.0.1");

      assertThat(names.queries()).isNotEmpty().allMatch(query -> query.endsWith(" proxy.test"));
    }
  }

  @Test
  void resolvesBothNamesWhereTheProxyDoesNot() throws Exception {
    names.has("proxy.test", 60, "127.0.0.1");
    names.has("target.test", 60, "192.0.2.7");
    try (ScriptedServer proxy = ScriptedServer.start(serveSocks())) {
      assertThat(
              runner.probe(
                  "ws://target.test/", through(Protocol.SOCKS5, "proxy.test", proxy.port())))
          .succeededAfter(RESOLVED_THROUGH)
          .hasAddress("127.0.0.1");

      assertThat(names.queries()).contains("A proxy.test", "A target.test");
      assertThat(said).contains(bytes(5, 1, 0, 1, 192, 0, 2, 7, 0, 80));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "target.test, target.test",
    "target.test., target.test",
    "a.target.test, target.test",
    "a.target.test, .target.test",
    "127.0.0.1, 127.0.0.0/8",
    "target.test, *"
  })
  void connectsDirectlyToAHostWithoutProxy(String host, String noProxy) throws Exception {
    names.has("target.test", 60, "127.0.0.1");
    names.has("a.target.test", 60, "127.0.0.1");
    try (ScriptedServer proxy = ScriptedServer.start(ProxyWireTest::serveHttp);
        ScriptedServer target = ScriptedServer.start(Peer::answerPings)) {
      assertThat(
              runner.probe(
                  "ws://" + host + ":" + target.port() + "/",
                  through("http", proxy, "no-proxy = [ other.test, \"" + noProxy + "\" ]")))
          .succeededAfter(
              host.startsWith("127.")
                  ? new Phase[] {CONNECT, UPGRADE, PING}
                  : new Phase[] {RESOLVE, CONNECT, UPGRADE, PING});

      assertThat(proxy.accepted()).isZero();
    }
  }

  /** A network holds addresses that are given as such: the name is not looked up for it. */
  @Test
  void goesThroughTheProxyToANameWhateverItsAddress() throws Exception {
    names.has("target.test", 60, "127.0.0.1");
    try (ScriptedServer proxy = ScriptedServer.start(ProxyWireTest::serveHttp)) {
      assertThat(
              runner.probe(
                  "ws://target.test/", through("http", proxy, "no-proxy = [ 127.0.0.0/8 ]")))
          .succeededAfter(THROUGH);
    }
  }

  private static void serveHttp(Peer peer) throws IOException {
    ProxyPeer.acceptConnect(peer);
    peer.answerPings();
  }

  private Script serveSocks() {
    return peer -> {
      said.add(ProxyPeer.choose(peer, ProxyPeer.NO_AUTHENTICATION));
      said.add(ProxyPeer.acceptCommand(peer));
      peer.answerPings();
    };
  }

  private Script serveSocksWithPassword() {
    return peer -> {
      said.add(ProxyPeer.choose(peer, ProxyPeer.PASSWORD));
      said.add(ProxyPeer.authenticate(peer, 0));
      said.add(ProxyPeer.acceptCommand(peer));
      peer.answerPings();
    };
  }

  private Script serve(Protocol protocol) {
    return protocol == Protocol.HTTP ? ProxyWireTest::serveHttp : serveSocks();
  }

  private static ProbeModule through(String protocol, ScriptedServer proxy, String more) {
    return Modules.of(
        "proxy { url = \"%s://127.0.0.1:%d\"\n%s }".formatted(protocol, proxy.port(), more));
  }

  private static ProbeModule through(Protocol protocol, String host, int port) {
    return Modules.of(
        "proxy.url = \"%s://%s:%d\""
            .formatted(protocol.name().toLowerCase(Locale.ROOT), host, port));
  }

  /** Numbers are bytes, texts are UTF-8. */
  private static byte[] bytes(Object... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (Object part : parts) {
      if (part instanceof String text) {
        bytes.writeBytes(text.getBytes(UTF_8));
      } else {
        bytes.write(part instanceof Character character ? character : (Integer) part);
      }
    }
    return bytes.toByteArray();
  }
}
