package io.github.websocketexporter.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0",
    "10.0.0.0/8, 10.255.255.255",
    "10.0.0.0/8, ::ffff:10.1.2.3",
    "::ffff:10.0.0.0/104, 10.1.2.3",
    "::ffff:0:0/96, 203.0.113.7",
    "192.168.4.0/23, 192.168.5.9",
    "192.0.2.7/32, 192.0.2.7",
    "192.0.2.7, 192.0.2.7",
    "0.0.0.0/0, 255.255.255.255",
    "0.0.0.0/0, 0.0.0.0",
    "128.0.0.0/1, 255.0.0.0",
    "fe80::/10, fe80::1",
    "fe80::/10, febf:ffff::1",
    "2001:db8::/63, 2001:db8:0:1::1",
    "2001:db8::/64, 2001:db8::ffff:ffff:ffff:ffff",
    "2001:db8::/65, 2001:db8::7fff:0:0:0",
    "2001:DB8::7/128, 2001:db8:0:0:0:0:0:7",
    "2001:db8::7, 2001:db8::7",
    "::/0, ffff::",
    "::/0, ::"
  })
  void containsTheAddressesThatBeginAsItDoes(String network, String address) throws Exception {
    assertThat(cidr(network).contains(InetAddress.getByName(address))).isTrue();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "10.0.0.0/8, 11.0.0.0",
    "10.0.0.0/8, 9.255.255.255",
    "192.168.4.0/23, 192.168.6.0",
    "192.0.2.7/32, 192.0.2.6",
    "192.0.2.7, 192.0.2.8",
    "128.0.0.0/1, 127.255.255.255",
    "fe80::/10, fec0::1",
    "2001:db8::/63, 2001:db8:0:2::1",
    "2001:db8::/64, 2001:db8:0:1::1",
    "2001:db8::/65, 2001:db8::8000:0:0:0",
    "2001:db8::7, 2001:db8::6"
  })
  void containsNoOthers(String network, String address) throws Exception {
    assertThat(cidr(network).contains(InetAddress.getByName(address))).isFalse();
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({
    "::/0, 10.1.2.3",
    "::/0, ::ffff:10.1.2.3",
    "::/64, 10.1.2.3",
    "0.0.0.0/0, ::",
    "0.0.0.0/0, ::1",
    "0.0.0.0/0, 2001:db8::1",
    "10.0.0.0/8, ::10.1.2.3"
  })
  void containsNoAddressOfTheOtherFamily(String network, String address) throws Exception {
    assertThat(cidr(network).contains(InetAddress.getByName(address))).isFalse();
  }

  @Test
  void takesAMappedAddressThatJavaKeptAsIp6ForIp4() throws Exception {
    byte[] bytes = InetAddress.getByName("::a:b:10.1.2.3").getAddress();
    bytes[8] = bytes[9] = 0;
    bytes[10] = bytes[11] = (byte) 0xff;
    Inet6Address mapped = Inet6Address.getByAddress(null, bytes, -1);

    assertThat(cidr("10.0.0.0/8").contains(mapped)).isTrue();
    assertThat(cidr("::/0").contains(mapped)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/+8",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/4294967304",
        "10.0.0.1/8",
        "192.168.5.0/23",
        "10/8",
        "010.0.0.0/8",
        "0xa.0.0.0/8",
        "167772160/8",
        "fe80::/129",
        "fe80::1/10",
        "2001:db8:0:1::/63",
        "::ffff:10.0.0.0/8",
        "[fe80::]/10",
        "[fe80::/10]",
        "[10.0.0.1]",
        "fe80::1%eth0",
        "example.com",
        "example.com/8",
        " 10.0.0.0/8",
        "10.0.0.0 /8"
      })
  void isNothingElse(String text) {
    assertThat(Cidr.parse(text)).isEmpty();
  }

  @Test
  void equalsTheSameNetworkInAnotherSpelling() {
    assertThat(cidr("10.0.0.0/8")).isEqualTo(cidr("::ffff:10.0.0.0/104"));
    assertThat(cidr("10.0.0.0/8")).hasSameHashCodeAs(cidr("::ffff:10.0.0.0/104"));
    assertThat(cidr("192.0.2.7")).isEqualTo(cidr("192.0.2.7/32"));
    assertThat(cidr("[fe80::1]")).isEqualTo(cidr("fe80::1"));
    assertThat(cidr("FE80:0::/10")).isEqualTo(cidr("fe80::/10"));
    assertThat(cidr("10.0.0.0/8")).isNotEqualTo(cidr("10.0.0.0/9")).isNotEqualTo("10.0.0.0/8");
  }

  private static Cidr cidr(String text) {
    return Cidr.parse(text).orElseThrow();
  }
}
