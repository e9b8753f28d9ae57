package io.github.websocketexporter.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NoProxyTest {

  @ParameterizedTest
  @CsvSource({
    "example.com, example.com",
    "example.com, example.com.",
    "example.com, a.example.com",
    "example.com, b.a.example.com",
    "Example.COM, example.com",
    ".example.com, a.example.com",
    ".example.com, b.a.example.com",
    "localhost, localhost",
    "xn--bcher-kva.example, xn--bcher-kva.example",
    "under_score.internal, under_score.internal",
    "*, example.com",
    "*, 192.0.2.1"
  })
  void coversAName(String entry, String host) {
    assertThat(covers(entry, host)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "example.com, notexample.com",
    "example.com, example.com.evil.test",
    "example.com, com",
    ".example.com, example.com",
    ".example.com, notexample.com",
    "10.0.0.0/8, ten.example"
  })
  void coversNoOtherName(String entry, String host) {
    assertThat(covers(entry, host)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.1",
    "192.0.2.0/24, 192.0.2.255",
    "0.0.0.0/0, 8.8.8.8",
    "2001:db8::1, 2001:db8:0:0::1",
    "[2001:db8::1], 2001:db8::1",
    "2001:db8::/32, 2001:db8::1"
  })
  void coversAnAddress(String entry, String host) {
    assertThat(covers(entry, host)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 192.0.2.2",
    "192.0.2.0/24, 192.0.3.0",
    "0.0.0.0/0, 2001:db8::1",
    "2001:db8::/32, 2001:db9::1",
    "example.com, 192.0.2.1"
  })
  void coversNoOtherAddress(String entry, String host) {
    assertThat(covers(entry, host)).isFalse();
  }

  @Test
  void coversNothingWhereItHasNoEntries() {
    assertThat(NoProxy.of(List.of())).isEqualTo(NoProxy.NOTHING);
    assertThat(NoProxy.NOTHING.covers("example.com", null)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..example.com",
        "example.com.",
        "exa mple.com",
        "-example.com",
        "*.example.com",
        "example.com:8080",
        "http://example.com",
        "300.1.1.1",
        "10.1",
        "10.0.0.0/33",
        "10.0.0.1/8",
        "10.0.0.0/",
        "fd00::/129",
        "fe80::1%eth0",
        "[fd00::1",
        "bücher.example"
      })
  void hasNoSuchEntry(String text) {
    assertThat(NoProxy.isEntry(text)).isFalse();
  }

  private static boolean covers(String entry, String host) {
    assertThat(NoProxy.isEntry(entry)).isTrue();
    return NoProxy.of(List.of("other.test", entry))
        .covers(host, LiteralAddress.ip4(host).or(() -> LiteralAddress.ip6(host)).orElse(null));
  }
}
