package io.github.websocketexporter.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.websocketexporter.metrics.ExpositionFormat;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What no request target, no query and no header field may do: fuzzed by exporter-netty/fuzz, else
 * run on what that kept. An input is a text with five lines: the target, and the fields Host, the
 * scraper's timeout, Authorization and Accept.
 */
class RequestTargetFuzzTest {
  private static final Duration MOST = Duration.ofSeconds(10);
  private static final int MOST_PARAMETERS = 16;
  private static final List<String> REFUSALS = List.of("The request target is not valid.");
  private static final String NO_TIMEOUT =
      "The header X-Prometheus-Scrape-Timeout-Seconds must be a positive number.";

  @FuzzTest
  @DictionaryEntries({
    "/probe?target=",
    "&module=",
    "&debug=true",
    "http://h:1",
    "%",
    "%C3%BC",
    "%ED%A0%80",
    "%C0%AF",
    "%00",
    "+",
    ";",
    "&",
    "=",
    "?",
    "#",
    "1e308",
    ".5",
    "Basic ",
    "OnA=",
    ";q=0.5",
    ",",
    "application/openmetrics-text",
    "text/plain"
  })
  void eachIsReadInOneWayOrRefusedInTheProgramsWords(byte[] bytes) {
    String[] lines = new String(bytes, ISO_8859_1).split("\n", 5);
    readTarget(lines[0], line(lines, 1));
    readTimeout(line(lines, 2));
    readCredentials(line(lines, 3));
    assertThat(ExpositionFormat.of(line(lines, 4))).isNotNull();
  }

  private static String line(String[] lines, int index) {
    return index < lines.length ? lines[index] : "";
  }

  private static void readTarget(String text, String host) {
    RequestTarget target;
    try {
      target = RequestTarget.parse(text, false, host);
    } catch (RefusedRequestException e) {
      assertThat(e.status().code()).isEqualTo(400);
      assertThat(REFUSALS).contains(e.getMessage());
      return;
    }
    assertThat(target.path()).matches("/[!-~&&[^?#]]*");
    assertThat(target.query()).matches("[!-~&&[^#]]*");
    String whole = target.path() + (target.query().isEmpty() ? "" : "?" + target.query());
    assertThat(text).contains(target.path()).contains(target.query());
    assertThat(parsed(whole)).as("it is the same again").isEqualTo(target);

    Map<String, List<String>> parameters = target.parameters();
    assertThat(parameters.values().stream().mapToInt(List::size).sum())
        .isLessThanOrEqualTo(MOST_PARAMETERS);
    assertThat(parsed("/?" + encoded(parameters)).parameters()).isEqualTo(parameters);
  }

  private static RequestTarget parsed(String text) {
    try {
      return RequestTarget.parse(text, false, "");
    } catch (RefusedRequestException e) {
      throw new AssertionError(e);
    }
  }

  private static String encoded(Map<String, List<String>> parameters) {
    return parameters.entrySet().stream()
        .flatMap(
            entry ->
                entry.getValue().stream()
                    .map(value -> encoded(entry.getKey()) + "=" + encoded(value)))
        .collect(Collectors.joining("&"));
  }

  private static String encoded(String text) {
    HexFormat hex = HexFormat.ofDelimiter("").withPrefix("%");
    return hex.formatHex(text.getBytes(UTF_8));
  }

  private static void readTimeout(String seconds) {
    try {
      ScrapeTimeout timeout = ScrapeTimeout.of(seconds);
      for (Duration offset : List.of(Duration.ZERO, Duration.ofMillis(500), MOST)) {
        assertThat(timeout.limit(MOST, offset)).isPositive().isLessThanOrEqualTo(MOST);
      }
    } catch (BadRequestException e) {
      assertThat(e).hasMessage(NO_TIMEOUT);
    }
  }

  private static void readCredentials(String field) {
    Credentials credentials =
        Credentials.of(
            DefaultHttpHeadersFactory.headersFactory()
                .withValidation(false)
                .newHeaders()
                .add(HttpHeaderNames.AUTHORIZATION, field));
    if (credentials != null) {
      assertThat(credentials.user()).doesNotContain(":");
      assertThat(credentials.password().length).isLessThan(credentials.pair().length);
    }
  }
}
