package io.github.websocketexporter.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.typesafe.config.ConfigFactory;
import io.github.websocketexporter.module.Expectation;
import io.github.websocketexporter.module.MessagePayload;
import io.github.websocketexporter.module.MessageStep;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What no pattern and no message may do, whoever wrote them: fuzzed by exporter-netty/fuzz, else
 * run on what that kept. An input is a text with four lines: an expected text, a text to send, the
 * message that comes, and that of the next step.
 */
class MessagesFuzzTest {
  private static final int MOST_BYTES = 256;

  /**
   * Where case does not matter, RE2/J takes up to seconds for each class that has much of Unicode,
   * and minutes below the fuzzer. Whoever writes such a pattern sees it take so long.
   */
  private static final Pattern IGNORES_CASE = Pattern.compile("\\(\\?[a-zA-Z]*i");

  /** The same, of bytes: in their digits case never matters. */
  private static final Pattern OF_UNICODE = Pattern.compile("[^\\x00-\\x7f]|\\\\[xpP]");

  @FuzzTest
  @DictionaryEntries({
    "(?P<n>",
    "(?<n>",
    ")",
    "${n}",
    "$${",
    "${",
    "\\d+",
    "[^\"]*",
    "{1000}",
    "{2,}",
    "*?",
    "\\Q",
    "\\E",
    "\\pL",
    "\\x{10FFFF}",
    "[[:alpha:]]",
    "(?=",
    "(?s)",
    "0x",
    "1e308",
    "|",
    "^(?:..)*?",
    "\\b",
    "\\z"
  })
  void aPatternIsRefusedOrFindsWhatIsInTheMessage(byte[] bytes) {
    String[] lines = new String(bytes, UTF_8).split("\n", 4);
    String pattern = lines[0];
    if (IGNORES_CASE.matcher(pattern).find()) {
      return;
    }
    String toSend = lines.length > 1 ? lines[1] : "";
    String message = lines.length > 2 ? lines[2] : "";
    for (String key : List.of("expect", "expect-hex")) {
      if (key.equals("expect-hex") && OF_UNICODE.matcher(pattern).find()) {
        continue;
      }
      Map<String, Object> first =
          pattern.contains("<n>")
              ? Map.of(key, pattern, "extract", List.of("n"))
              : Map.of(key, pattern);
      try {
        take(read(List.of(first, Map.of("send", toSend))), message);
      } catch (InvalidConfigException e) {
        assertThat(e.getMessage()).hasSizeLessThan(1_000);
      }
    }
  }

  private static List<MessageStep> read(List<Map<String, Object>> steps)
      throws InvalidConfigException {
    return new MessagesReader()
        .messages(
            Block.top(ConfigFactory.parseMap(Map.of("messages", steps)).root(), new Reading(null)));
  }

  private static void take(List<MessageStep> steps, String message) {
    Expectation expected = Objects.requireNonNull(steps.get(0).expect());
    boolean text = expected.kind() == Expectation.Kind.TEXT;
    String seen = text ? message : HexFormat.of().formatHex(message.getBytes(UTF_8));
    assertThat(expected.cost(message.length())).isBetween(64L, 2L * 300 * (64 + 2 * 65_536));
    Map<String, String> found = expected.match(seen);
    if (found == null) {
      return;
    }
    assertThat(found.keySet()).isEqualTo(expected.pattern().namedGroups().keySet());
    assertThat(found.values()).allMatch(seen::contains, "is in the message");
    Map<String, Double> numbers = expected.numbers(found);
    if (numbers != null) {
      assertThat(numbers.keySet()).containsExactlyInAnyOrderElementsOf(expected.extract());
      assertThat(numbers.values()).allMatch(Double::isFinite, "is finite");
    }
    MessagePayload.Text next = (MessagePayload.Text) Objects.requireNonNull(steps.get(1).send());
    String filled = next.template().fill(found, MOST_BYTES);
    if (filled != null) {
      assertThat(filled.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(MOST_BYTES);
    }
    assertThat(next.template().toString()).doesNotContain("s3cret");
  }
}
