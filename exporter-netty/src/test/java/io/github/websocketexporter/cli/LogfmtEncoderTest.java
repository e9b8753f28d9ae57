package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.event.KeyValuePair;

/** A log line in logfmt: one event, one line. */
class LogfmtEncoderTest {
  private static final String HEAD = "time=2026-01-02T03:04:05.006Z level=info ";

  private final Logger logger = new LoggerContext().getLogger("test");

  private LoggingEvent event(@Nullable String message, @Nullable Throwable cause) {
    LoggingEvent event = new LoggingEvent("", logger, Level.INFO, message, cause, null);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.006Z"));
    return event;
  }

  private static String encoded(LoggingEvent event) {
    return new String(new LogfmtEncoder().encode(event), StandardCharsets.UTF_8);
  }

  private String message(String text) {
    return encoded(event(text, null));
  }

  @Test
  void aLineIsTimeLevelAndMessage() {
    assertThat(message("draining")).isEqualTo(HEAD + "msg=draining\n");
  }

  @ParameterizedTest
  @CsvSource({"ERROR, error", "WARN, warn", "INFO, info", "DEBUG, debug"})
  void levelsAreInLowerCase(String level, String written) {
    LoggingEvent event = new LoggingEvent("", logger, Level.toLevel(level), "x", null, null);

    assertThat(encoded(event)).contains(" level=" + written + " msg=x\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "10.5us", "ws://h:1/…", "größe", "a,b;c", "{}", "'"})
  void whatNeedsNoQuotesHasNone(String text) {
    assertThat(message(text)).isEqualTo(HEAD + "msg=" + text + "\n");
  }

  @Test
  void whatNeedsQuotesHasThem() {
    assertThat(message("")).isEqualTo(HEAD + "msg=\"\"\n");
    assertThat(message("two words")).isEqualTo(HEAD + "msg=\"two words\"\n");
    assertThat(message("a=b")).isEqualTo(HEAD + "msg=\"a=b\"\n");
    assertThat(message("say \"hi\"")).isEqualTo(HEAD + "msg=\"say \\\"hi\\\"\"\n");
    assertThat(message("back\\slash")).isEqualTo(HEAD + "msg=\"back\\\\slash\"\n");
    assertThat(message("a\nb\rc\td")).isEqualTo(HEAD + "msg=\"a\\nb\\rc\\td\"\n");
  }

  @Test
  void noControlReachesATerminalAndNothingEndsTheLineEarly() {
    assertThat(message("\u0000\u001b[31m\u007f"))
        .isEqualTo(HEAD + "msg=\"\\u0000\\u001b[31m\\u007f\"\n");
    assertThat(message("\u0085\u009b\u2028\u2029"))
        .isEqualTo(HEAD + "msg=\"\\u0085\\u009b\\u2028\\u2029\"\n");
  }

  @Test
  void keysAndValuesFollowTheMessageInTheirOrder() {
    LoggingEvent event = event("listening", null);
    event.setKeyValuePairs(
        List.of(
            new KeyValuePair("address", "127.0.0.1"),
            new KeyValuePair("port", 9095),
            new KeyValuePair("nothing", null),
            new KeyValuePair("tls", "BoringSSL x\n")));

    assertThat(encoded(event))
        .isEqualTo(
            HEAD
                + "msg=listening address=127.0.0.1 port=9095 nothing=null tls=\"BoringSSL x\\n\"\n");
  }

  @Test
  void aThrowableIsTheLastPairAndOnTheSameLine() {
    String line =
        encoded(
            event("failed", new IllegalStateException("outer", new RuntimeException("in\nner"))));

    assertThat(line)
        .startsWith(HEAD + "msg=failed error=\"java.lang.IllegalStateException: outer\\n\\tat ")
        .contains("Caused by: java.lang.RuntimeException: in\\nner")
        .endsWith("\"\n");
    assertThat(line.lines()).hasSize(1);
  }

  @Test
  void anEventWithoutAMessageIsALineToo() {
    assertThat(encoded(event(null, null))).isEqualTo(HEAD + "msg=null\n");
  }

  @Test
  void argumentsAreFormatted() {
    LoggingEvent event =
        new LoggingEvent("", logger, Level.INFO, "{} of {}", null, new Object[] {1, "a b"});

    assertThat(encoded(event)).endsWith(" msg=\"1 of a b\"\n");
  }

  @Test
  void thereIsNoHeaderAndNoFooter() {
    assertThat(new LogfmtEncoder().headerBytes()).isEmpty();
    assertThat(new LogfmtEncoder().footerBytes()).isEmpty();
  }
}
