package io.github.websocketexporter.integration;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A target of a continuous module, as one scraper sees it: each of its counters only grows. */
final class HeldTarget {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration INTERVAL = Duration.ofMillis(50);
  private static final Pattern COUNTERS =
      Pattern.compile("probe_websocket_(\\w+_total|ping_rtt_seconds_\\w+)(\\{.*})?");

  private static final String DISCONNECTS = "probe_websocket_disconnects_total";

  private final ExporterProcess exporter;
  private final String probe;
  private Map<String, Double> counters = Map.of();

  HeldTarget(ExporterProcess exporter, String module, String target) {
    this.exporter = exporter;
    probe = "/probe?module=" + module + "&target=" + ExporterProcess.percentEncoded(target);
  }

  Answer scrape() {
    Answer answer = exporter.get(probe);
    assertThat(answer.status()).isEqualTo(200);
    Map<String, Double> now =
        answer.samples().entrySet().stream()
            .filter(sample -> COUNTERS.matcher(sample.getKey()).matches())
            .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
    counters.forEach(
        (series, before) ->
            assertThat(now.getOrDefault(series, -1.0)).as(series).isGreaterThanOrEqualTo(before));
    counters = now;
    return answer;
  }

  /** What is told of it beside that. */
  String debugPage() {
    return exporter.get(probe + "&debug=true").toString();
  }

  /** Scrapes until the answer is as it should be. */
  Answer await(String what, Predicate<Answer> condition) {
    return Awaitility.await(what)
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(INTERVAL)
        .until(this::scrape, condition);
  }

  /** Scrapes until a PONG has come over each of {@code connects} connections. */
  Answer awaitUp(int connects) {
    return await(
        "up by connection " + connects,
        answer ->
            answer.sample("probe_success") == 1
                && answer.sample("probe_websocket_connects_total") >= connects);
  }

  /** Scrapes until it fails in this way, such as {@code ping/pong_timeout}. */
  Answer awaitFailure(String failure) {
    return await(failure, answer -> answer.failure().equals(failure));
  }

  /** How many connections have ended for this reason, and with this code in the peer's Close. */
  static double disconnects(Answer answer, String reason, String code) {
    return answer
        .samples()
        .getOrDefault(DISCONNECTS + "{code=\"%s\",reason=\"%s\"}".formatted(code, reason), 0.0);
  }

  /** How many connections have ended. */
  static double disconnects(Answer answer) {
    return answer.samples().entrySet().stream()
        .filter(sample -> sample.getKey().startsWith(DISCONNECTS))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }
}
