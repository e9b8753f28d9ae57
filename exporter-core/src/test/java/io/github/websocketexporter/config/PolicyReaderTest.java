package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.TargetPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyReaderTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "169.254.169.254",
        "fe80::1",
        "fd00:ec2::254",
        "fd20:ce::254",
        "100.100.100.200",
        "168.63.129.16",
        "::ffff:169.254.1.1"
      })
  void deniesByDefaultWhereCloudsServeCredentials(String address) throws Exception {
    assertThat(policy("").listAgainst(InetAddress.getByName(address))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1", "10.0.0.1", "192.168.0.1", "fd00::1", "192.0.2.7"})
  void deniesNothingElseByDefault(String address) throws Exception {
    assertThat(policy("").listAgainst(InetAddress.getByName(address))).isNull();
    assertThat(permits(policy(""), "ws", "node.example.com", 1)).isTrue();
    assertThat(policy("").allowsAnyHost()).isTrue();
  }

  @Test
  void takesAListOfTheUsersInPlaceOfTheDefault() throws Exception {
    TargetPolicy policy = policy("policy.deny.cidrs = [\"10.0.0.0/8\"]");

    assertThat(policy.listAgainst(InetAddress.getByName("169.254.0.1"))).isNull();
    assertThat(policy.listAgainst(InetAddress.getByName("10.0.0.1"))).isNotNull();
  }

  @Test
  void addsToTheDefaultWhereAsked() throws Exception {
    TargetPolicy policy = policy("policy.deny.cidrs += \"10.0.0.0/8\"");

    assertThat(policy.listAgainst(InetAddress.getByName("169.254.0.1"))).isNotNull();
    assertThat(policy.listAgainst(InetAddress.getByName("10.0.0.1"))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "wss, node.example.com, 443, true",
    "wss, a.b.example.org, 8042, true",
    "wss, a.xn--bcher-kva.example, 443, true",
    "wss, 192.0.2.7, 443, true",
    "wss, 2001:db8::7, 443, true",
    "wss, 2001:db8::8, 443, true",
    "ws, node.example.com, 443, false",
    "wss, example.org, 443, false",
    "wss, node.example.com, 444, false",
    "wss, 192.0.2.8, 443, false"
  })
  void readsEveryKey(String scheme, String host, int port, boolean permitted) throws Exception {
    TargetPolicy policy =
        policy(
            """
            policy.allow {
              schemes = [wss]
              hosts = [NODE.example.com., "*.Example.org", "*.bücher.example", "192.0.2.7", "2001:db8:0::7", "[2001:db8::8]"]
              ports = [443, "8000-8099"]
            }
            """);

    assertThat(permits(policy, scheme, host, port)).isEqualTo(permitted);
  }

  @ParameterizedTest
  @CsvSource({
    "a.example.com, true",
    "a.inside.example.com, true",
    "b.inside.example.com, false",
    "evil.example.com, false",
    "a.example.org, false"
  })
  void holdsAModuleToItsOwnAndThatOfAll(String host, boolean permitted) throws Exception {
    TargetPolicy policy =
        policy(
            """
            policy.allow.hosts = ["*.example.com"]
            policy.deny.hosts = [evil.example.com]
            modules.test.policy {
              allow.hosts = ["*.example.com", "*.example.org"]
              deny.hosts = [b.inside.example.com]
            }
            """);

    assertThat(permits(policy, "ws", host, 80)).isEqualTo(permitted);
  }

  @Test
  void saysWhichListItIsThatDenies() throws Exception {
    TargetPolicy policy =
        policy(
            """
            policy { allow.schemes = [wss], deny.hosts = [evil.example.com] }
            modules.test.policy { allow.ports = [443], deny.cidrs = ["10.0.0.0/8"] }
            """);

    assertThat(policy.listAgainst(false, "a.example.com", null, 443))
        .isEqualTo("policy.allow.schemes");
    assertThat(policy.listAgainst(true, "evil.example.com", null, 1))
        .isEqualTo("policy.deny.hosts");
    assertThat(policy.listAgainst(true, "a.example.com", null, 1))
        .isEqualTo("modules.test.policy.allow.ports");
    assertThat(policy.listAgainst(InetAddress.getByName("10.0.0.1")))
        .isEqualTo("modules.test.policy.deny.cidrs");
  }

  @Test
  void letsAModuleChangeWhatItInherits() throws Exception {
    TargetPolicy policy =
        policy(
            """
            modules.parent.policy { allow.hosts = [a.example.com], deny.ports = [22] }
            modules.test { extends = parent, policy.allow.hosts = [b.example.com] }
            """);

    assertThat(permits(policy, "ws", "a.example.com", 80)).isFalse();
    assertThat(permits(policy, "ws", "b.example.com", 80)).isTrue();
    assertThat(permits(policy, "ws", "b.example.com", 22)).isFalse();
  }

  private static boolean permits(TargetPolicy policy, String scheme, String host, int port)
      throws IOException {
    boolean literal = host.matches("[0-9.]+|.*:.*");
    return policy.listAgainst(
            scheme.equals("wss"), host, literal ? InetAddress.getByName(host) : null, port)
        == null;
  }

  /** That of the module {@code test}. */
  private TargetPolicy policy(String settings) throws IOException, InvalidConfigException {
    Path file =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter {\nmodules.test {}\n" + settings + "\n}");
    return requireNonNull(ConfigLoader.load(file, new Flags()).modules().get("test")).policy();
  }
}
