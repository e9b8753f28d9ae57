package io.github.websocketexporter.config;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.github.websocketexporter.module.Expectation;
import io.github.websocketexporter.module.MessagePayload;
import io.github.websocketexporter.module.MessageStep;
import io.github.websocketexporter.module.MessageTemplate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Reads the list {@code messages} of a module, step by step, and the {@code heartbeat} behind. */
final class MessagesReader {
  private static final int MAX_STEPS = 32;
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(1);

  /** Instructions of RE2. What going through them may cost is bounded for each probe. */
  private static final int MAX_PROGRAM = 300;

  /** What is longer than this, its repeats written out, is not even compiled. */
  private static final int MAX_WRITTEN_OUT = 100_000;

  /** What hexadecimal digits may begin with that are not expected: the next one begins a byte. */
  private static final String WHOLE_BYTES = "^(?:..)*?";

  private static final Predicate<String> LOOK_AROUND =
      java.util.regex.Pattern.compile("^\\(\\?<?[=!]").asPredicate();

  private final Set<String> names = new HashSet<>();
  private final Set<String> groups = new TreeSet<>();
  private final Set<String> extracted = new HashSet<>();

  List<MessageStep> messages(Block module) throws InvalidConfigException {
    List<Block> blocks = module.blocks("messages");
    if (blocks.size() > MAX_STEPS) {
      throw module.error(
          "messages",
          "expected at most %d steps, but found %d".formatted(MAX_STEPS, blocks.size()));
    }
    List<MessageStep> steps = new ArrayList<>();
    for (Block block : blocks) {
      steps.add(step(block));
    }
    return List.copyOf(steps);
  }

  /**
   * What is said again and again once {@link #messages} were said, with what their groups found;
   * null for nothing. Other messages come in between.
   */
  @Nullable MessageStep heartbeat(Block module) throws InvalidConfigException {
    if (!module.has("heartbeat")) {
      return null;
    }
    Block heartbeat = module.block("heartbeat");
    MessagePayload send = payload(heartbeat);
    boolean text = heartbeat.has("expect");
    if (!oneOf(heartbeat, "expect", "expect-hex") || send == null) {
      throw heartbeat.error(
          "", "expected something to send and something to expect, but not both are there");
    }
    Pattern pattern = pattern(heartbeat, text);
    heartbeat.close();
    return new MessageStep(null, send, new Expectation(kind(text), pattern, true, null, List.of()));
  }

  private MessageStep step(Block step) throws InvalidConfigException {
    MessagePayload send = payload(step);
    Expectation expect = expectation(step);
    if (send == null && expect == null) {
      throw step.error("", "expected something to send or to expect, but found neither");
    }
    String name = step.has("name") ? name(step) : null;
    step.close();
    return new MessageStep(name, send, expect);
  }

  private String name(Block step) throws InvalidConfigException {
    String name = step.text("name", ModulesReader::isName, ModulesReader.A_NAME);
    if (!names.add(name)) {
      throw taken(step, "name", "another name than that of an earlier step", name);
    }
    return name;
  }

  private @Nullable MessagePayload payload(Block step) throws InvalidConfigException {
    boolean text = step.has("send");
    if (!oneOf(step, "send", "send-base64")) {
      return null;
    }
    return text ? text(step) : binary(step);
  }

  private MessagePayload text(Block step) throws InvalidConfigException {
    MessageTemplate template =
        MessageTemplate.parse(
            step.template(
                "send",
                text -> text.getBytes(StandardCharsets.UTF_8).length <= MessageStep.MAX_BYTES,
                "a text of at most " + MessageStep.MAX_BYTES + " bytes"));
    if (!groups.containsAll(template.groups())) {
      throw step.error(
          "send",
          "expected ${NAME} for named groups of earlier steps only (%s), but found another;"
                  .formatted(listed(groups))
              + " environment variables go outside of the quotes, and $${ is ${ itself");
    }
    return new MessagePayload.Text(template);
  }

  private static MessagePayload binary(Block step) throws InvalidConfigException {
    return new MessagePayload.Binary(
        step.secret(
            "send-base64",
            MessagesReader::isBinary,
            "at most " + MessageStep.MAX_BYTES + " bytes in base64"));
  }

  private static boolean isBinary(String base64) {
    try {
      return Base64.getDecoder().decode(base64).length <= MessageStep.MAX_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private @Nullable Expectation expectation(Block step) throws InvalidConfigException {
    boolean text = step.has("expect");
    if (!oneOf(step, "expect", "expect-hex")) {
      for (String key : List.of("name", "skip-unmatched", "timeout", "extract")) {
        if (step.has(key)) {
          throw step.error(key, "expected together with expect or expect-hex only");
        }
      }
      return null;
    }
    Pattern pattern = pattern(step, text);
    List<String> extract =
        extract(step, expectKey(text), new TreeSet<>(pattern.namedGroups().keySet()));
    groups.addAll(pattern.namedGroups().keySet());
    return new Expectation(
        kind(text),
        pattern,
        step.has("skip-unmatched") && step.flag("skip-unmatched"),
        step.has("timeout") ? step.duration("timeout", LEAST, MOST) : null,
        extract);
  }

  private static Expectation.Kind kind(boolean text) {
    return text ? Expectation.Kind.TEXT : Expectation.Kind.BINARY;
  }

  private static String expectKey(boolean text) {
    return text ? "expect" : "expect-hex";
  }

  private static Pattern pattern(Block step, boolean text) throws InvalidConfigException {
    String key = expectKey(text);
    String regex = step.template(key, any -> true, "a regular expression").reveal();
    if (Block.hasSubstitution(regex)) {
      throw step.error(
          key,
          "expected a regular expression without ${NAME}: what a group found can only be sent,"
              + " and environment variables go outside of the quotes");
    }
    if (RegexSize.of(regex) > MAX_WRITTEN_OUT) {
      throw tooLarge(step, key, "far more");
    }
    try {
      Pattern pattern = Pattern.compile(regex);
      if (!text) {
        pattern = Pattern.compile(WHOLE_BYTES + "(?:" + regex + ")", Pattern.CASE_INSENSITIVE);
      }
      if (pattern.programSize() > MAX_PROGRAM) {
        throw tooLarge(step, key, String.valueOf(pattern.programSize()));
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      throw step.error(
          key,
          "expected a regular expression of RE2, but found "
              + (LOOK_AROUND.test(e.getPattern())
                  ? "look-around, which RE2 has not"
                  : "something else: " + e.getDescription()));
    }
  }

  private static InvalidConfigException tooLarge(Block step, String key, String found) {
    return step.error(
        key,
        "expected a regular expression of at most %d instructions, but found %s;"
                .formatted(MAX_PROGRAM, found)
            + " x{100} counts as 100 x");
  }

  private List<String> extract(Block step, String key, Set<String> own)
      throws InvalidConfigException {
    if (!step.has("extract")) {
      return List.of();
    }
    List<String> names =
        step.texts(
            "extract", own::contains, "a named group of %s (%s)".formatted(key, listed(own)));
    for (String name : names) {
      if (!extracted.add(name)) {
        throw taken(step, "extract", "a group that is not extracted twice", name);
      }
    }
    return names;
  }

  /** Whether one of two keys is there; both are an error. */
  private static boolean oneOf(Block step, String one, String other) throws InvalidConfigException {
    boolean hasOne = step.has(one);
    boolean hasOther = step.has(other);
    if (hasOne && hasOther) {
      throw step.error(one, "expected either %s or %s, but found both".formatted(one, other));
    }
    return hasOne || hasOther;
  }

  private static String listed(Set<String> names) {
    return names.isEmpty() ? "there are none" : "one of " + String.join(", ", names);
  }

  private static InvalidConfigException taken(
      Block step, String key, String expected, String found) {
    return step.error(key, "expected %s, but found \"%s\"".formatted(expected, found));
  }
}
