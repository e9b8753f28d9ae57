package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.Expectation;
import io.github.websocketexporter.module.Expectation.Kind;
import io.github.websocketexporter.module.MessagePayload;
import io.github.websocketexporter.module.MessageStep;
import io.github.websocketexporter.module.MessageTemplate;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessagesReaderTest {
  @TempDir Path directory;

  @Test
  void hasNoStepsUnlessAModuleSaysSo() throws Exception {
    assertThat(read("")).isEmpty();
    assertThat(read("messages = []")).isEmpty();
    assertThat(read("messages = null")).isEmpty();
  }

  @Test
  void readsEveryKeyOfAStep() throws Exception {
    assertThat(
            read(
                """
                messages = [
                  { expect = "^0(?P<sid>.*)" }
                  { send = "40" }
                  {
                    name = block.height-1_a
                    send = \"""{"id":"${sid}"}\"""
                    expect = "(?P<height>\\\\d+)"
                    skip-unmatched = true
                    timeout = 2s
                    extract = [height]
                  }
                  { send-base64 = "EAw=", expect-hex = "^2002(?P<code>..)", extract = [code] }
                  { send-base64 = "", skip-unmatched = false, expect = "" }
                ]
                """))
        .containsExactly(
            new MessageStep(null, null, expect(Kind.TEXT, "^0(?P<sid>.*)")),
            new MessageStep(null, text("40"), null),
            new MessageStep(
                "block.height-1_a",
                text("{\"id\":\"${sid}\"}"),
                new Expectation(
                    Kind.TEXT,
                    Pattern.compile("(?P<height>\\d+)"),
                    true,
                    Duration.ofSeconds(2),
                    List.of("height"))),
            new MessageStep(
                null,
                new MessagePayload.Binary(Secret.of("EAw=")),
                expect(Kind.BINARY, "^(?:..)*?(?:^2002(?P<code>..))", "code")),
            new MessageStep(null, new MessagePayload.Binary(Secret.of("")), expect(Kind.TEXT, "")));
  }

  @ParameterizedTest
  @CsvSource({
    "0a, 0a, true",
    "0a, ff0a, true",
    "0a, f0a1, false",
    "0a, f0a10a, true",
    "0a|10, f100, false",
    "^3, 31, true",
    "^3, 1331, false",
    "3$, 13, false",
    "13$, 0013, true",
    "'', '', true",
    "^494E, 494e, true",
    "^494e[F], 494ef0, true",
    "^494E, 4945, false"
  })
  void looksForBytesWhereBytesBegin(String regex, String message, boolean found) throws Exception {
    Expectation expect =
        requireNonNull(
            read("messages = [{ expect-hex = \"%s\" }]".formatted(regex)).get(0).expect());

    assertThat(expect.match(message) != null).isEqualTo(found);
  }

  @Test
  void expectsADollarAndABraceThatAreEscaped() throws Exception {
    Expectation expect =
        requireNonNull(read("messages = [{ expect = \"\"\"\\${id}\"\"\" }]").get(0).expect());

    assertThat(expect.match("${id}")).isNotNull();
  }

  @Test
  void takesNumbersForText() throws Exception {
    assertThat(read("messages = [{ send = 2, expect = 3 }]"))
        .containsExactly(new MessageStep(null, text("2"), expect(Kind.TEXT, "3")));
  }

  @Test
  void decodesWhatIsInBase64() {
    assertThat(new MessagePayload.Binary(Secret.of("EAD/")).bytes())
        .containsExactly(0x10, 0x00, 0xFF);
  }

  @Test
  void takesMessagesOfUpTo64Kib() throws Exception {
    assertThat(read("messages = [{ send = \"" + "x".repeat(65_536) + "\" }]")).hasSize(1);
    assertThat(read("messages = [{ send = \"" + "ä".repeat(32_768) + "\" }]")).hasSize(1);
  }

  @Test
  void doesNotShowWhatIsSent() throws Exception {
    assertThat(
            read("messages = [{ send = c4n4ry }, { send-base64 = YzRuNHJ5 }, { expect = x }]")
                .toString())
        .doesNotContain("c4n4ry", "YzRuNHJ5");
  }

  @Test
  void areTakenOverFromTheModuleThatIsExtended() throws Exception {
    assertThat(read("extends = parent").toString())
        .isEqualTo(read("messages = [{ send = hello }]").toString());
    assertThat(read("extends = parent, messages = []")).isEmpty();
  }

  @Test
  void haveNoHeartbeatBehindThemUnlessAModuleSaysSo() throws Exception {
    assertThat(heartbeat("")).isNull();
    assertThat(heartbeat("heartbeat = null")).isNull();
  }

  @Test
  void areFollowedByAHeartbeatThatSaysWhatTheyFound() throws Exception {
    assertThat(
            heartbeat(
                """
                messages = [ { expect = "^0(?P<sid>.*)" } ]
                heartbeat { send = "2${sid}", expect = "^3(?P<rest>.*)" }
                """))
        .isEqualTo(new MessageStep(null, text("2${sid}"), answer(Kind.TEXT, "^3(?P<rest>.*)")));
  }

  @Test
  void areFollowedByAHeartbeatOfBytes() throws Exception {
    assertThat(heartbeat("heartbeat { send-base64 = wAAA, expect-hex = \"^d000\" }"))
        .isEqualTo(
            new MessageStep(
                null,
                new MessagePayload.Binary(Secret.of("wAAA")),
                answer(Kind.BINARY, "^(?:..)*?(?:^d000)")));
  }

  @Test
  void areFollowedByTheHeartbeatOfTheModuleThatIsExtended() throws Exception {
    String ofBytes = "parent.heartbeat { send-base64 = wAAA, expect-hex = d000 }";
    assertThat(heartbeat(ofBytes, "extends = parent"))
        .isEqualTo(heartbeat("heartbeat { send-base64 = wAAA, expect-hex = d000 }"));
    assertThat(heartbeat(ofBytes, "extends = parent, heartbeat = null")).isNull();
  }

  private @Nullable MessageStep heartbeat(String settings) throws Exception {
    return heartbeat("", settings);
  }

  private @Nullable MessageStep heartbeat(String parent, String settings) throws Exception {
    return requireNonNull(
            module(parent + "\nparent.continuous = true", settings + "\ncontinuous = true")
                .continuous())
        .heartbeat();
  }

  private List<MessageStep> read(String settings) throws Exception {
    return module("", settings).messages();
  }

  private ProbeModule module(String parent, String settings) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("exporter.conf"),
            """
            websocket-exporter.modules {
              parent { messages = [{ send = hello }] }
            %s
              test {
            %s
              }
            }
            """
                .formatted(parent, settings));
    return requireNonNull(ConfigLoader.load(file, new Flags()).modules().get("test"));
  }

  private static MessagePayload text(String text) {
    return new MessagePayload.Text(MessageTemplate.parse(Secret.of(text)));
  }

  private static Expectation expect(Kind kind, String regex, String... extract) {
    int flags = kind == Kind.BINARY ? Pattern.CASE_INSENSITIVE : 0;
    return new Expectation(kind, Pattern.compile(regex, flags), false, null, List.of(extract));
  }

  private static Expectation answer(Kind kind, String regex) {
    int flags = kind == Kind.BINARY ? Pattern.CASE_INSENSITIVE : 0;
    return new Expectation(kind, Pattern.compile(regex, flags), true, null, List.of());
  }
}
