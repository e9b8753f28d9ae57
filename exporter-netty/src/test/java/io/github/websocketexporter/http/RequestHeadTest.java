package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of the head of a request. */
class RequestHeadTest {

  private static HttpRequest request(String version, String... hosts) {
    HttpRequest request = new DefaultHttpRequest(HttpVersion.valueOf(version), HttpMethod.GET, "/");
    request.headers().add("Host", List.of(hosts));
    return request;
  }

  private static void assertRefused(HttpRequest request, int status, String sentence) {
    assertThatExceptionOfType(RefusedRequestException.class)
        .isThrownBy(() -> RequestHead.of(request, false))
        .withMessage(sentence)
        .satisfies(e -> assertThat(e.status().code()).isEqualTo(status));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"h", "h:1", "exporter.monitoring.svc:9095", "[::1]:9095", "127.0.0.1", ""})
  void oneHostIsAsItShallBe(String host) throws Exception {
    assertThat(RequestHead.of(request("HTTP/1.1", host), false).target().path()).isEqualTo("/");
  }

  @Test
  void anOldClientNeedsNoHost() throws Exception {
    assertThat(RequestHead.of(request("HTTP/1.0"), false).target().path()).isEqualTo("/");
  }

  static Stream<Arguments> badHosts() {
    return Stream.of(
        Arguments.of((Object) new String[0]),
        Arguments.of((Object) new String[] {"a", "a"}),
        Arguments.of((Object) new String[] {"a b"}),
        Arguments.of((Object) new String[] {"a/b"}),
        Arguments.of((Object) new String[] {"a,b"}),
        Arguments.of((Object) new String[] {"a@b"}),
        Arguments.of((Object) new String[] {"a?b"}),
        Arguments.of((Object) new String[] {"b\u00fccher.example"}));
  }

  @ParameterizedTest
  @MethodSource("badHosts")
  void noHostTwoHostsOrABadOneIsA400(String[] hosts) {
    assertRefused(request("HTTP/1.1", hosts), 400, "The request must have one valid Host header.");
  }

  @Test
  void twoHostsAreA400ForAnOldClientToo() {
    assertRefused(
        request("HTTP/1.0", "a", "b"), 400, "The request must have one valid Host header.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/2.0", "HTTP/0.9", "HTTP/3.0"})
  void anotherHttpIsA505(String version) {
    assertRefused(request(version, "h"), 505, "Only HTTP/1.1 and 1.0 are spoken here.");
  }

  @Test
  void aBodyThatIsAnnouncedAsTooLargeIsA413BeforeItComes() {
    HttpRequest request = request("HTTP/1.1", "h");
    request.headers().set("Content-Length", RequestHead.MAX_BODY + 1);

    assertRefused(request, 413, "The request's body is too large.");
  }

  @Test
  void whatCannotBeDecodedIsSaidInItsOwnWords() {
    HttpRequest request = request("HTTP/1.1", "h");

    request.setDecoderResult(DecoderResult.failure(new TooLongHttpLineException()));
    assertRefused(request, 414, "The request line is too long.");
    request.setDecoderResult(DecoderResult.failure(new TooLongHttpHeaderException()));
    assertRefused(request, 431, "The request's header is too large.");
    request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException()));
    assertRefused(request, 400, "The request is not valid HTTP.");
  }
}
