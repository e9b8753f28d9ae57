package io.github.websocketexporter.engine;

import static io.github.websocketexporter.engine.ProbeResultAssert.assertThat;
import static io.github.websocketexporter.probe.FailureReason.TARGET_DENIED;
import static io.github.websocketexporter.probe.Phase.CONNECT;
import static io.github.websocketexporter.probe.Phase.PING;
import static io.github.websocketexporter.probe.Phase.RESOLVE;
import static io.github.websocketexporter.probe.Phase.UPGRADE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.engine.ProbeRunner.Running;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.Failure.Detail;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.Modules;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.github.websocketexporter.transport.TlsClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes under policies: what is denied is not connected to, and what is allowed is. */
@ParameterizedClass
@MethodSource("io.github.websocketexporter.engine.ProbeRunner#transports")
class PolicyProbeTest {
  private static final String NAME = "node.example.test";

  private final DnsServer names = new DnsServer();
  private final ScriptedServer server = serve("127.0.0.1", 0);
  private final ProbeRunner runner;

  PolicyProbeTest(TransportKind kind) throws IOException {
    runner = new ProbeRunner(kind, new TlsClients(), List.of(names.address()));
  }

  @AfterEach
  void close() {
    server.close();
    runner.close();
    names.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policy.allow.hosts = [\"*.example.org\"]",
        "policy.deny.hosts = [NODE.example.test]",
        "policy.deny.hosts = [\"*.example.test\"]",
        "policy.allow.schemes = [wss]",
        "policy.deny.schemes = [ws]",
        "policy.allow.ports = [1]",
        "policy.deny.ports = [\"1-65535\"]"
      })
  void looksUpNothingOfWhatIsDeniedBeforehand(String policy) throws Exception {
    names.has(NAME, 60, "127.0.0.1");

    assertThat(probe(NAME, policy)).failedWith(TARGET_DENIED, RESOLVE).notAnswered().hasNoAddress();
    assertThat(probe(NAME + ".", policy)).failedWith(TARGET_DENIED, RESOLVE);
    assertThat(names.queries()).isEmpty();
    assertThatNothingWasOpened();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "policy.allow.cidrs = [\"10.0.0.0/8\"]",
        "policy.deny.cidrs = [\"127.0.0.0/8\"]",
        "policy.deny.cidrs = [\"0.0.0.0/0\"]"
      })
  void connectsToNoAddressThatIsDenied(String policy) throws Exception {
    names.has(NAME, 60, "127.0.0.1");

    assertThat(probe(NAME, policy))
        .failedWith(TARGET_DENIED, RESOLVE, CONNECT)
        .notAnswered()
        .hasAddress("127.0.0.1");
    assertThatNothingWasOpened();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::ffff:0.0.0.0]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]"
      })
  void connectsToNoLiteralAddressThatIsDeniedInWhateverForm(String host) {
    assertThat(probe(host, "policy.deny.cidrs = [\"127.0.0.0/8\"]"))
        .failedWith(TARGET_DENIED, CONNECT)
        .notAnswered();
    assertThat(probe(host, "policy.deny.hosts = [\"127.0.0.1\"]"))
        .failedWith(TARGET_DENIED, CONNECT);
    assertThat(probe(host, "policy.allow.hosts = [\"192.0.2.7\"]"))
        .failedWith(TARGET_DENIED, CONNECT);
    assertThatNothingWasOpened();
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "::ffff:127.0.0.1", "::", "64:ff9b::127.0.0.1"})
  void connectsToNoResolvedAddressThatIsDeniedInWhateverForm(String address) throws Exception {
    names.has(NAME, 60, address);

    ProbeResult result = probe(NAME, "policy.deny.cidrs = [\"127.0.0.0/8\", \"::1\"]");

    assertThat(result).failedWith(TARGET_DENIED, RESOLVE, CONNECT);
    assertThatNothingWasOpened();
  }

  @Test
  void connectsToWhatIsAllowed() throws Exception {
    names.has(NAME, 60, "127.0.0.1");
    String policy =
        """
        policy.allow {
          schemes = [ws]
          hosts = ["*.example.test"]
          ports = [%d]
          cidrs = ["127.0.0.0/8"]
        }
        policy.deny { hosts = [example.test], ports = [1], cidrs = ["127.0.0.2"] }
        """
            .formatted(server.port());

    assertThat(probe(NAME, policy)).succeededAfter(RESOLVE, CONNECT, UPGRADE, PING);
    assertThat(probe("127.0.0.1", policy)).failedWith(TARGET_DENIED, CONNECT);
    assertThat(server.accepted()).isOne();
  }

  @Test
  void deniesCloudMetadataByDefault() throws Exception {
    names.has(NAME, 60, "169.254.169.254");

    assertThat(probe("169.254.169.254", "")).failedWith(TARGET_DENIED, CONNECT);
    assertThat(probe("[::ffff:169.254.169.254]", "")).failedWith(TARGET_DENIED, CONNECT);
    assertThat(probe("[fd00:ec2::254]", "")).failedWith(TARGET_DENIED, CONNECT);
    assertThat(probe(NAME, "")).failedWith(TARGET_DENIED, RESOLVE, CONNECT);
    assertThatNothingWasOpened();
  }

  /** The proxy is connected to only for a target that is allowed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http | node.example.test | deny.hosts | [node.example.test] | RESOLVE",
        "http | node.example.test | allow.cidrs | [\"127.0.0.1\"] | CONNECT",
        "http | 127.0.0.1 | deny.cidrs | [\"127.0.0.1\"] | CONNECT",
        "http | [::ffff:127.0.0.1] | deny.cidrs | [\"127.0.0.1\"] | CONNECT",
        "socks5h | node.example.test | allow.ports | [1] | RESOLVE",
        "socks5h | node.example.test | allow.cidrs | [\"127.0.0.1\"] | CONNECT",
        "socks5 | node.example.test | deny.hosts | [node.example.test] | RESOLVE",
        "socks5 | node.example.test | deny.cidrs | [\"127.0.0.2\"] | CONNECT",
        "socks5 | node.example.test | allow.cidrs | [\"127.0.0.1\"] | CONNECT",
        "socks5 | 127.0.0.2 | deny.cidrs | [\"127.0.0.2\"] | CONNECT"
      })
  void asksNoProxyForWhatIsDenied(
      String proxy, String host, String list, String values, Phase phase) throws Exception {
    names.has(NAME, 60, "127.0.0.2");

    ProbeResult result =
        probe(
            host,
            "proxy.url = \"%s://127.0.0.1:%d\"\npolicy.%s = %s"
                .formatted(proxy, server.port(), list, values));

    assertThat(result.failure())
        .isEqualTo(
            new Failure(
                phase, TARGET_DENIED, new Detail("denied-by", "modules.test.policy." + list)));
    assertThatNothingWasOpened();
  }

  /**
   * Several probes at a time, while the answer changes under them. The resolver may keep it for a
   * moment longer than its TTL of zero says.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {"policy.deny.cidrs = [\"127.0.0.2\"]", "policy.allow.cidrs = [\"127.0.0.1\"]"})
  void judgesTheAddressThatItConnectsToHoweverTheAnswersFlip(String policy) throws Exception {
    ProbeModule module = Modules.of(policy);
    names.has(NAME, 0, "127.0.0.1");
    int allowed = 0;
    try (ScriptedServer denied = serve("127.0.0.2", server.port())) {
      for (int flip = 0; flip < 20; flip++) {
        String answer = flip % 2 == 0 ? "127.0.0.1" : "127.0.0.2";
        boolean came = false;
        while (!came) {
          List<Running> probes = Stream.generate(() -> start(module)).limit(4).toList();
          names.has(NAME, 0, answer);
          for (Running probe : probes) {
            ProbeResult result = probe.result();
            allowed += result.success() ? 1 : 0;
            came |= judged(result).equals(answer);
          }
        }
      }
      assertThat(server.accepted()).isEqualTo(allowed);
      assertThat(denied.accepted()).isZero();
    }
  }

  private Running start(ProbeModule module) {
    String target = "ws://" + NAME + ":" + server.port() + "/";
    return runner.start(ProbeRunner.request(target, ProbeRunner.AMPLE, module), result -> {});
  }

  /** The address of a probe that succeeded if it is 127.0.0.1, and was denied otherwise. */
  private static String judged(ProbeResult result) {
    String address = Objects.requireNonNull(result.address()).getHostAddress();
    if (address.equals("127.0.0.1")) {
      assertThat(result).succeededAfter(RESOLVE, CONNECT, UPGRADE, PING);
    } else {
      assertThat(result).failedWith(TARGET_DENIED, RESOLVE, CONNECT).hasAddress("127.0.0.2");
    }
    return address;
  }

  /** A healthy target. */
  private static ScriptedServer serve(String address, int port) throws IOException {
    return ScriptedServer.start(
        new ServerSocket(port, 50, InetAddress.getByName(address)),
        peer -> {
          peer.acceptUpgrade();
          peer.pong();
          peer.readFrame(Peer.CLOSE);
        });
  }

  private void assertThatNothingWasOpened() {
    assertThat(runner.openedChannels()).isZero();
    assertThat(server.accepted()).isZero();
  }

  private ProbeResult probe(String host, String policy) {
    return runner.probe("ws://" + host + ":" + server.port() + "/", Modules.of(policy));
  }
}
