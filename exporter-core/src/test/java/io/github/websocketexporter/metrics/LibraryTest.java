package io.github.websocketexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

/** An answer is what the client library writes of the same metrics, but for how numbers look. */
class LibraryTest {
  private static final Pattern VALUE = Pattern.compile("(?dm)(?:(?<= )\\S+$|(?<=le=\")[^\"]+)");

  static final List<ProbeResult> RESULTS = results();

  private static List<ProbeResult> results() {
    List<ProbeResult> results = new ArrayList<>(ProbeMetricsTest.ALL);
    results.add(Results.builder().build(0, null));
    results.add(facts("harmless"));
    HostilePeerTest.HOSTILE.forEach(text -> results.add(facts(text)));
    return results;
  }

  private static ProbeResult facts(@Nullable String text) {
    String some = String.valueOf(text);
    return Results.builder()
        .timings(PhaseTimings.NONE)
        .tcp(new TcpFacts(1, Long.MAX_VALUE, Integer.MAX_VALUE))
        .tls(
            new TlsFacts(
                false, text, text, new ChainFacts(-1, 253_402_300_799L, some, some, "", some, "")))
        .upgrade(new UpgradeFacts(999, text, text))
        .connectionNanos(999_999_999)
        .pings(PingStatistics.single(2, null))
        .build(1_000_000_001, null);
  }

  @ParameterizedTest(name = "{index}")
  @FieldSource("RESULTS")
  void anAnswerIsTheLibrarysInTheTextFormat(ProbeResult result) {
    String text = Results.text(result);
    MetricSnapshots same = TextParser.parse(text);

    assertThat(sameNumbers(text)).isEqualTo(sameNumbers(Results.text(same)));
  }

  @ParameterizedTest(name = "{index}")
  @FieldSource("RESULTS")
  void anAnswerIsTheLibrarysInOpenMetrics(ProbeResult result) {
    MetricSnapshots same = TextParser.parse(Results.text(result));

    assertThat(sameNumbers(Results.openMetrics(result)))
        .isEqualTo(sameNumbers(Results.openMetrics(same)));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "1, 0.000000001",
    "10, 0.00000001",
    "1234567, 0.001234567",
    "999999999, 0.999999999",
    "1000000000, 1.0",
    "1500000000, 1.5",
    "10000000000, 10.0",
    "-1, -0.000000001",
    "-1000000000, -1.0",
    "-1500000000, -1.5",
    "9223372036854775807, 9223372036.854775807",
    "-9223372036854775808, -9223372036.854775808"
  })
  void aTimeIsWrittenInSecondsExactlyAndWithoutAnExponent(long nanos, String seconds) {
    assertThat(Results.samples(Results.builder().build(nanos, null)))
        .contains("probe_duration_seconds " + seconds);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-1, -1.0",
    "4000000000, 4000000000.0",
    "9223372036854775807, 9223372036854775807.0",
    "-9223372036854775808, -9223372036854775808.0"
  })
  void aWholeNumberKeepsAllItsDigits(long number, String written) {
    ProbeResult result = Results.builder().tcp(new TcpFacts(1, 1, number)).build(1, null);

    assertThat(Results.samples(result)).contains("probe_tcp_retransmits " + written);
  }

  /** Each value in the one form that Java has for it. */
  private static String sameNumbers(String document) {
    return VALUE
        .matcher(document)
        .replaceAll(
            value ->
                value.group().matches("-?[0-9.]+(?:E-?[0-9]+)?")
                    ? String.valueOf(Double.parseDouble(value.group()))
                    : Matcher.quoteReplacement(value.group()));
  }
}
