package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {":9095", ":0", "127.0.0.1:9095", "localhost:80", "[::1]:9095", "[::]:1"})
  void printsAsItIsWrittenInTheConfiguration(String text) {
    assertThat(AddressReader.read(text, 0)).hasToString(text);
  }

  @ParameterizedTest(name = "\"{0}\"")
  @ValueSource(
      strings = {
        "",
        ":",
        "9095",
        "localhost",
        "localhost:",
        "localhost:http",
        "localhost:-1",
        "localhost:65536",
        "localhost:100000",
        "::1:9095",
        "[]:9095",
        "[::1]",
        "[::1]9095",
        "[::1%lo]:9095",
        " :9095",
        ":9095 ",
        "ws://localhost:9095"
      })
  void isNothingElse(String text) {
    assertThat(AddressReader.read(text, 0)).isNull();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {":0", "localhost:0", "[::1]:0"})
  void hasNoPortBelowTheLeast(String text) {
    assertThat(AddressReader.read(text, 0)).isNotNull();
    assertThat(AddressReader.read(text, 1)).isNull();
  }
}
