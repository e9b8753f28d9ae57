package io.github.websocketexporter.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetPolicyTest {
  private static final String NAME = "policy.rules";

  @Test
  void letsProbesGoAnywhereWithoutRules() throws Exception {
    assertThat(TargetPolicy.ANY.listAgainst(false, "example.com", null, 80)).isNull();
    assertThat(TargetPolicy.ANY.listAgainst(true, "::1", address("::1"), 1)).isNull();
    assertThat(TargetPolicy.ANY.listAgainst(address("169.254.169.254"))).isNull();
    assertThat(allow(schemes())).isEqualTo(TargetPolicy.ANY);
    assertThat(deny(schemes())).isEqualTo(TargetPolicy.ANY);
  }

  @Nested
  class WhatIsAllowed {

    @Test
    void isTheSchemesOfTheList() {
      TargetPolicy policy = allow(schemes("wss"));

      assertThat(policy.listAgainst(true, "example.com", null, 443)).isNull();
      assertThat(policy.listAgainst(false, "example.com", null, 443)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {443, 8000, 8050, 8099})
    void isThePortsOfTheList(int port) {
      assertThat(allow(ports()).listAgainst(true, "example.com", null, port)).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 80, 442, 444, 7999, 8100, 65535})
    void isNoOtherPort(int port) {
      assertThat(allow(ports()).listAgainst(true, "example.com", null, port)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "node.example.com",
          "node.example.com.",
          "a.example.org",
          "a.example.org.",
          "b.a.example.org"
        })
    void isTheHostsOfTheList(String host) {
      assertThat(allow(hosts()).listAgainst(true, host, null, 443)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "example.com",
          "other.example.com",
          "a.node.example.com",
          "anode.example.com",
          "node.example.com.evil.test",
          "example.org",
          "example.org.",
          ".example.org",
          "anexample.org",
          "a.example.org.evil.test",
          "com",
          "."
        })
    void isNoOtherHost(String host) {
      assertThat(allow(hosts()).listAgainst(true, host, null, 443)).isNotNull();
    }

    @Test
    void isALiteralAddressOnlyWhereThatIsInTheListOfHosts() throws Exception {
      assertThat(permits(allow(hosts()), "192.0.2.7")).isFalse();
      assertThat(permits(allow(literals("192.0.2.7")), "192.0.2.7")).isTrue();
      assertThat(permits(allow(literals("192.0.2.7")), "::ffff:192.0.2.7")).isTrue();
      assertThat(permits(allow(literals("192.0.2.7")), "192.0.2.8")).isFalse();
      assertThat(permits(allow(literals("2001:db8::7")), "2001:db8:0:0::7")).isTrue();
      assertThat(permits(allow(literals("192.0.2.7")), "example.com", null)).isFalse();
    }

    @Test
    void isTheAddressesOfItsNetworks() throws Exception {
      TargetPolicy policy = allow(networks("10.0.0.0/8", "fd00::/8"));

      for (String address : List.of("10.1.2.3", "::ffff:10.1.2.3", "fd00::1")) {
        assertThat(policy.listAgainst(address(address))).as(address).isNull();
        assertThat(permits(policy, address)).as(address).isTrue();
      }
      for (String address : List.of("11.1.2.3", "::1", "fe80::1", "0.0.0.0")) {
        assertThat(policy.listAgainst(address(address))).as(address).isNotNull();
        assertThat(permits(policy, address)).as(address).isFalse();
      }
      assertThat(permits(policy, "example.com", null)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "::10.1.2.3",
          "64:ff9b::10.1.2.3",
          "64:ff9b:1::10.1.2.3",
          "2002:a01:203::",
          "::ffff:0:10.1.2.3",
          "2001:db8::5efe:10.1.2.3"
        })
    void isNoIp6AddressForTheSakeOfAnIp4AddressInIt(String address) throws Exception {
      assertThat(allow(networks("10.0.0.0/8")).listAgainst(address(address))).isNotNull();
    }

    @Test
    void mustBeInEachListThatIsNotEmpty() throws Exception {
      TargetPolicy policy =
          allow(
              new TargetRules(
                  NAME,
                  List.of("wss"),
                  hosts().hosts(),
                  List.of(),
                  ports().ports(),
                  networks("10.0.0.0/8").networks()));

      assertThat(policy.listAgainst(true, "node.example.com", null, 443)).isNull();
      assertThat(policy.listAgainst(false, "node.example.com", null, 443))
          .isEqualTo(NAME + ".schemes");
      assertThat(policy.listAgainst(true, "evil.test", null, 443)).isEqualTo(NAME + ".hosts");
      assertThat(policy.listAgainst(true, "node.example.com", null, 22)).isEqualTo(NAME + ".ports");
      assertThat(policy.listAgainst(address("10.0.0.1"))).isNull();
      assertThat(policy.listAgainst(null)).isEqualTo(NAME + ".cidrs");
      assertThat(policy.listAgainst(address("11.0.0.1"))).isEqualTo(NAME + ".cidrs");
    }
  }

  @Nested
  class WhatIsDenied {

    @Test
    void isAnythingThatIsInAnyList() throws Exception {
      TargetPolicy policy =
          deny(
              new TargetRules(
                  NAME,
                  List.of("ws"),
                  hosts().hosts(),
                  literals("192.0.2.7").literals(),
                  ports().ports(),
                  networks("10.0.0.0/8").networks()));

      assertThat(policy.listAgainst(true, "example.com", null, 444)).isNull();
      assertThat(policy.listAgainst(false, "example.com", null, 444)).isEqualTo(NAME + ".schemes");
      assertThat(policy.listAgainst(true, "node.example.com", null, 444))
          .isEqualTo(NAME + ".hosts");
      assertThat(policy.listAgainst(true, "a.example.org.", null, 444)).isEqualTo(NAME + ".hosts");
      assertThat(policy.listAgainst(true, "example.com", null, 8001)).isEqualTo(NAME + ".ports");
      assertThat(policy.listAgainst(true, "192.0.2.7", address("192.0.2.7"), 444))
          .isEqualTo(NAME + ".hosts");
      assertThat(policy.listAgainst(true, "192.0.2.8", address("192.0.2.8"), 444)).isNull();
      assertThat(policy.listAgainst(true, "10.0.0.1", address("10.0.0.1"), 444))
          .isEqualTo(NAME + ".cidrs");
      assertThat(policy.listAgainst(address("10.0.0.1"))).isEqualTo(NAME + ".cidrs");
      assertThat(policy.listAgainst(address("192.0.2.7"))).isNull();
      assertThat(policy.listAgainst(null)).isNull();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "169.254.169.254",
          "::ffff:169.254.169.254",
          "::169.254.169.254",
          "64:ff9b::169.254.169.254",
          "64:ff9b:1::169.254.169.254",
          "64:ff9b:1:a9fe:a9:fe00::",
          "64:ff9b:1:a9:fe:a9fe::",
          "64:ff9b:1::a9:fea9:fe00:0",
          "2002:a9fe:a9fe::",
          "2002:a9fe:a9fe:1234::5",
          "::ffff:0:169.254.169.254",
          "2001:0:c000:201:8000:1234:5601:5601",
          "2001:db8::5efe:169.254.169.254",
          "fe80::200:5efe:169.254.169.254",
          "2002:a9fe:a9fe::5efe:192.0.2.1"
        })
    void isDeniedInEveryFormOfAnIp4Address(String address) throws Exception {
      assertThat(deny(networks("169.254.0.0/16")).listAgainst(address(address))).isNotNull();
      assertThat(permits(deny(networks("169.254.0.0/16")), address)).isFalse();
      assertThat(permits(deny(literals("169.254.169.254")), address)).isFalse();
      assertThat(deny(networks("10.0.0.0/8")).listAgainst(address(address))).isNull();
      assertThat(permits(deny(literals("169.254.169.253")), address)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "169.253.255.255",
          "::169.253.255.255",
          "64:ff9c::169.254.169.254",
          "64:ff9b:0:1::169.254.169.254",
          "64:ff9b:2::169.254.169.254",
          "64:ff9b::1:169.254.169.254",
          "2003:a9fe:a9fe::",
          "::fffe:0:169.254.169.254",
          "1::ffff:0:169.254.169.254",
          "2001:0:a9fe:a9fe:8000:1234:3fff:fdfe",
          "2001:1:c000:201:8000:1234:5601:5601",
          "2001:db8::100:5efe:169.254.169.254",
          "2001:db8::5eff:169.254.169.254",
          "2001:db8::169.254.169.254",
          "2001:db8::a9fe:a9fe"
        })
    void isNoAddressThatOnlyLooksLikeIt(String address) throws Exception {
      assertThat(deny(networks("169.254.0.0/16")).listAgainst(address(address))).isNull();
    }

    @Test
    void isAMappedAddressThatJavaKeptAsIp6() throws Exception {
      byte[] bytes = address("::a:b:169.254.169.254").getAddress();
      Arrays.fill(bytes, 8, 10, (byte) 0);
      Arrays.fill(bytes, 10, 12, (byte) 0xff);
      Inet6Address mapped = Inet6Address.getByAddress(null, bytes, -1);

      assertThat(deny(networks("169.254.0.0/16")).listAgainst(mapped)).isNotNull();
      assertThat(deny(networks("::/0")).listAgainst(mapped)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
      "127.0.0.0/8, 0.0.0.0",
      "127.0.0.0/8, ::",
      "127.0.0.0/8, ::ffff:0.0.0.0",
      "127.0.0.0/8, ::127.0.0.1",
      "::1, 0.0.0.0",
      "::1, ::",
      "0.0.0.0, 0.0.0.0",
      "::, ::"
    })
    void isThisHostByAnUnspecifiedAddress(String network, String address) throws Exception {
      assertThat(deny(networks(network)).listAgainst(address(address))).isNotNull();
      assertThat(permits(deny(networks(network)), address)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"64:ff9b:1::192.0.2.7", "64:ff9b::", "2002::1", "::1", "::2"})
    void isNothingBecauseOfTheZerosOfAnIp6Address(String address) throws Exception {
      assertThat(deny(networks("0.0.0.0/8")).listAgainst(address(address))).isNull();
    }

    @ParameterizedTest
    @CsvSource({"0.0.0.0/0, 192.0.2.7", "::/0, 2001:db8::7"})
    void isAWholeFamily(String network, String address) throws Exception {
      assertThat(deny(networks(network)).listAgainst(address(address))).isNotNull();
    }

    @Test
    void isDeniedAlsoWhereItIsAllowed() throws Exception {
      TargetPolicy policy =
          new TargetPolicy(
              List.of(networks("10.0.0.0/8")), List.of(networks("10.0.0.0/24", "::1")));

      assertThat(policy.listAgainst(address("10.0.1.1"))).isNull();
      assertThat(policy.listAgainst(address("10.0.0.1"))).isNotNull();
    }
  }

  @Nested
  class TwoPolicies {
    private final TargetPolicy one =
        new TargetPolicy(List.of(networks("10.0.0.0/8")), List.of(networks("10.1.0.0/16")));
    private final TargetPolicy other =
        new TargetPolicy(List.of(networks("10.0.0.0/9")), List.of(networks("10.2.0.0/16")));

    @ParameterizedTest
    @CsvSource({
      "10.3.0.1, ",
      "10.1.0.1, policy.rules.cidrs",
      "10.2.0.1, policy.rules.cidrs",
      "10.128.0.1, policy.rules.cidrs",
      "11.0.0.1, policy.rules.cidrs"
    })
    void mustBothPermit(String address, @Nullable String against) throws Exception {
      assertThat(one.and(other).listAgainst(address(address))).isEqualTo(against);
      assertThat(other.and(one).listAgainst(address(address))).isEqualTo(against);
    }

    @Test
    void areOneWhereTheOtherSaysNothing() {
      assertThat(one.and(TargetPolicy.ANY)).isEqualTo(one);
      assertThat(TargetPolicy.ANY.and(one)).isEqualTo(one);
    }
  }

  @Test
  void allowsAnyHostUnlessAListOfHostsOrAddressesIsAllowed() {
    assertThat(TargetPolicy.ANY.allowsAnyHost()).isTrue();
    assertThat(allow(ports()).allowsAnyHost()).isTrue();
    assertThat(allow(schemes("wss")).allowsAnyHost()).isTrue();
    assertThat(deny(hosts()).and(deny(networks("10.0.0.0/8"))).allowsAnyHost()).isTrue();
    assertThat(allow(hosts()).allowsAnyHost()).isFalse();
    assertThat(allow(literals("192.0.2.7")).allowsAnyHost()).isFalse();
    assertThat(allow(networks("10.0.0.0/8")).allowsAnyHost()).isFalse();
    assertThat(allow(networks("0.0.0.0/0", "::/0")).allowsAnyHost()).isTrue();
    assertThat(allow(hosts()).and(allow(networks("::/0"))).allowsAnyHost()).isFalse();
    assertThat(allow(ports()).and(allow(hosts())).allowsAnyHost()).isFalse();
  }

  private static TargetPolicy allow(TargetRules rules) {
    return new TargetPolicy(List.of(rules), List.of());
  }

  private static TargetPolicy deny(TargetRules rules) {
    return new TargetPolicy(List.of(), List.of(rules));
  }

  private static TargetRules schemes(String... schemes) {
    return new TargetRules(NAME, List.of(schemes), List.of(), List.of(), List.of(), List.of());
  }

  private static TargetRules hosts() {
    return new TargetRules(
        NAME,
        List.of(),
        List.of(new HostPattern("node.example.com", false), new HostPattern("example.org", true)),
        List.of(),
        List.of(),
        List.of());
  }

  private static TargetRules literals(String... addresses) {
    return new TargetRules(NAME, List.of(), List.of(), cidrs(addresses), List.of(), List.of());
  }

  private static TargetRules ports() {
    return new TargetRules(
        NAME,
        List.of(),
        List.of(),
        List.of(),
        List.of(new PortRange(443, 443), new PortRange(8000, 8099)),
        List.of());
  }

  private static TargetRules networks(String... networks) {
    return new TargetRules(NAME, List.of(), List.of(), List.of(), List.of(), cidrs(networks));
  }

  private static List<Cidr> cidrs(String... texts) {
    return Stream.of(texts).map(text -> Cidr.parse(text).orElseThrow()).toList();
  }

  private static boolean permits(TargetPolicy policy, String literal) throws UnknownHostException {
    return permits(policy, literal, address(literal));
  }

  private static boolean permits(TargetPolicy policy, String host, @Nullable InetAddress literal) {
    return policy.listAgainst(true, host, literal, 443) == null;
  }

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }
}
