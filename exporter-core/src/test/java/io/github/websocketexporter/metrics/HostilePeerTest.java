package io.github.websocketexporter.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import io.prometheus.metrics.model.snapshots.Label;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** A peer that writes what it likes into its certificate and its answer to the upgrade. */
class HostilePeerTest {
  private static final int LIMIT = 1_024;

  /** The labels that carry a text of the peer's. */
  private static final Set<String> OF_THE_PEER =
      Set.of(
          "subject",
          "issuer",
          "subjectalternative",
          "serialnumber",
          "version",
          "cipher",
          "subprotocol",
          "extensions");

  static final List<String> HOSTILE =
      List.of(
          "a".repeat(100_000),
          "\n".repeat(3_000),
          "\r\n".repeat(3_000),
          "\"".repeat(3_000),
          "\\".repeat(3_000),
          "a" + "\\".repeat(3_000),
          "\\\"\n".repeat(3_000),
          "\\n",
          "CN=x\\",
          "\"} 1\nprobe_success 1.0\nprobe_forged{a=\"",
          "\n# EOF\n",
          "\n# TYPE probe_success counter\n",
          controlCharacters(),
          controlCharacters().repeat(100),
          "\u0085\u2028\u2029".repeat(1_000),
          "\ufeff\ufffe\uffff".repeat(1_000),
          "\ud83d\ude00".repeat(3_000),
          "a" + "\ud83d\ude00".repeat(3_000),
          "\ud83d".repeat(3_000),
          "\ude00\ud83d".repeat(3_000));

  // The grammar of both text formats, strictly: a value holds no quote, backslash or line feed that
  // is not escaped, and no escape but these three.
  private static final String NAME = "[a-zA-Z_][a-zA-Z0-9_]*";
  private static final String LABEL = "(" + NAME + ")=\"((?:[^\"\\\\\n]|\\\\[\\\\\"n])*+)\"";
  private static final Pattern LABELS = Pattern.compile(LABEL + "(?:,|$)", Pattern.DOTALL);
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(" + NAME + ")(?:\\{((?:" + LABEL + "(?:,(?!})|(?=})))+)\\})? [0-9.E+-]+",
          Pattern.DOTALL);
  private static final Pattern COMMENT =
      Pattern.compile("# (?:(?:HELP " + NAME + " [ -~]+)|(?:TYPE " + NAME + " (?:gauge|info)))");

  @ParameterizedTest(name = "{index}")
  @FieldSource("HOSTILE")
  void hasNoLabelValueOverAKibibyte(String text) {
    List<Label> labels =
        TextParser.parse(Results.text(result(text))).stream()
            .flatMap(snapshot -> snapshot.getDataPoints().stream())
            .flatMap(point -> point.getLabels().stream())
            .toList();

    assertThat(labels)
        .allSatisfy(
            label -> assertThat(label.getValue().getBytes(UTF_8).length).isLessThanOrEqualTo(LIMIT))
        .filteredOn(label -> OF_THE_PEER.contains(label.getName()))
        .hasSize(OF_THE_PEER.size())
        .allSatisfy(label -> assertThat(label.getValue()).isEqualTo(written(text)));
  }

  @ParameterizedTest(name = "{index}")
  @FieldSource("HOSTILE")
  void changesNothingButTheValuesOfItsOwnLabelsInTheTextFormat(String text) throws Exception {
    String hostile = document(result(text), ExpositionFormat.TEXT);
    String harmless = document(result("harmless"), ExpositionFormat.TEXT);

    assertThat(samples(hostile, text)).isEqualTo(samples(harmless, "harmless"));
  }

  @ParameterizedTest(name = "{index}")
  @FieldSource("HOSTILE")
  void changesNothingButTheValuesOfItsOwnLabelsInOpenMetrics(String text) throws Exception {
    String hostile = document(result(text), ExpositionFormat.OPEN_METRICS);
    String harmless = document(result("harmless"), ExpositionFormat.OPEN_METRICS);
    String end = "# EOF\n";

    assertThat(hostile).endsWith("\n" + end);
    assertThat(samples(hostile.substring(0, hostile.length() - end.length()), text))
        .isEqualTo(samples(harmless.substring(0, harmless.length() - end.length()), "harmless"));
  }

  private static ProbeResult result(String text) {
    ChainFacts chain = new ChainFacts(1, 2, "0".repeat(64), text, text, text, text);
    return Results.builder()
        .address(Results.address(192, 0, 2, 1))
        .tls(new TlsFacts(false, text, text, chain))
        .upgrade(new UpgradeFacts(101, text, text))
        .connectionNanos(1)
        .pings(PingStatistics.single(0, new RoundTrip(1, 1, ArrivalClock.LOOP)))
        .build(2, null);
  }

  /** The bytes as they go out; fails where they are not UTF-8. */
  private static String document(ProbeResult result, ExpositionFormat format)
      throws CharacterCodingException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(Results.bytes(result, format))).toString();
  }

  /** Each line, with {@code …} for a value that says {@code text} of the peer once it is read. */
  private static List<String> samples(String document, String text) {
    assertThat(document).endsWith("\n");
    List<String> samples = new ArrayList<>();
    for (String line : document.substring(0, document.length() - 1).split("\n", -1)) {
      if (COMMENT.matcher(line).matches()) {
        samples.add(line);
      } else {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        samples.add(sample.group(2) == null ? line : sample.group(1) + labels(sample, text));
      }
    }
    return samples;
  }

  private static Set<String> labels(Matcher sample, String text) {
    String expected = written(text);
    Set<String> labels = new TreeSet<>();
    Matcher label = LABELS.matcher(sample.group(2));
    while (label.find()) {
      String name = label.group(1);
      String value = unescaped(label.group(2));
      if (OF_THE_PEER.contains(name)) {
        assertThat(value).as(name).isEqualTo(expected);
        value = "…";
      }
      labels.add(name + "=" + value);
    }
    return labels;
  }

  /** What cannot be written in UTF-8 is written as a question mark. */
  private static String written(String text) {
    return new String(PeerText.label(text).getBytes(UTF_8), UTF_8);
  }

  private static String unescaped(String value) {
    return Pattern.compile("\\\\(.)")
        .matcher(value)
        .replaceAll(
            escape ->
                escape.group(1).equals("n") ? "\n" : Matcher.quoteReplacement(escape.group(1)));
  }

  private static String controlCharacters() {
    return IntStream.concat(IntStream.range(0, 0x20), IntStream.range(0x7f, 0xa0))
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }
}
