package io.github.websocketexporter.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LiteralAddressTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "255.255.255.255", "10.20.30.40"})
  void readsFourDecimalNumbers(String text) {
    assertThat(LiteralAddress.ip4(text)).map(InetAddress::getHostAddress).hasValue(text);
    assertThat(LiteralAddress.ip6(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "127.1", "2130706433", "0x7f.0.0.1", "127.0.0.01", "256.0.0.1", "1.2.3.4."})
  void readsNoOtherSpellingOfIp4(String text) {
    assertThat(LiteralAddress.ip4(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"::1", "::", "2001:DB8::1", "fe80:0:0:0:1:2:3:4", "::ffff:10.0.0.1"})
  void readsIp6(String text) throws Exception {
    assertThat(LiteralAddress.ip6(text)).hasValue(InetAddress.getByName(text));
    assertThat(LiteralAddress.ip4(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":", ":::", "1::2::3", "[::1]", "fe80::1%eth0", "::ffff:010.0.0.1", "::g"})
  void readsNothingElseAsIp6(String text) {
    assertThat(LiteralAddress.ip6(text)).isEmpty();
  }
}
