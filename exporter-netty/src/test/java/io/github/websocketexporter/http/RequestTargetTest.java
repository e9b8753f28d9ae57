package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms of a request target, and what is not one. */
class RequestTargetTest {

  @ParameterizedTest
  @CsvSource({
    "/, /, ''",
    "/probe?target=ws://h/, /probe, target=ws://h/",
    "/a?b?c, /a, b?c",
    "//a/../b;c?, //a/../b;c, ''",
    "/%61%C3%BC?%f0%9f%8c%8d, /%61%C3%BC, %f0%9f%8c%8d",
    "http://h:1/a?b, /a, b",
    "HTTP://H:1/a?b, /a, b",
    "http://h:1, /, ''",
    "http://h:1?b, /, b"
  })
  void aPathAndAQueryAreTakenAsTheyAre(String target, String path, String query) throws Exception {
    assertThat(RequestTarget.parse(target, false, "h:1")).isEqualTo(new RequestTarget(path, query));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "*",
        "a",
        "h:1",
        "?a",
        "http://other/a",
        "http://h:12/a",
        "http://h:1@other/a",
        "http://h:1.other/a",
        "https://h:1/a",
        "ws://h:1/a",
        "/%",
        "/%4",
        "/a%zz",
        "/?a=%4g",
        "/%u0041",
        "/%+1",
        "/%C0%AF",
        "/?%c1%81",
        "/%E0%80%AF",
        "/%ED%A0%80",
        "/%F5%80%80%80",
        "/%C3&%BC",
        "/%FF",
        "/%80",
        "/%C3",
        "/\u0000",
        "/\t",
        "/\u007f",
        "/\u00fc",
        "/a#b"
      })
  void whatIsNotOneIsRefused(String target) {
    assertThatExceptionOfType(RefusedRequestException.class)
        .isThrownBy(() -> RequestTarget.parse(target, false, "h:1"))
        .withMessage("The request target is not valid.")
        .satisfies(e -> assertThat(e.status()).isEqualTo(HttpResponseStatus.BAD_REQUEST));
  }

  @Test
  void theSchemeIsThatOfTheConnection() throws Exception {
    assertThat(RequestTarget.parse("https://h:1/a?b", true, "h:1"))
        .isEqualTo(new RequestTarget("/a", "b"));
    assertThatExceptionOfType(RefusedRequestException.class)
        .isThrownBy(() -> RequestTarget.parse("http://h:1/a", true, "h:1"));
  }

  @Test
  void withoutAHostThereIsNoAbsoluteForm() {
    assertThatExceptionOfType(RefusedRequestException.class)
        .isThrownBy(() -> RequestTarget.parse("http:///a", false, ""));
  }

  @Test
  void parametersAreDecodedOnceAndAPlusStaysOne() throws Exception {
    assertThat(
            RequestTarget.parse("/here?a=1+2%2B3%252F;b&a=2&c&d=%C3%BC?e", false, "").parameters())
        .isEqualTo(
            Map.of("a", List.of("1+2+3%2F;b", "2"), "c", List.of(""), "d", List.of("\u00fc?e")));
  }
}
