package io.github.websocketexporter.probe;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.DictionaryEntries;
import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.websocketexporter.module.Secret;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** What no text may make of a target: fuzzed by exporter-netty/fuzz, else run on what that kept. */
class TargetFuzzTest {
  private static final Pattern HOST = Pattern.compile("[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_.])?");
  private static final Pattern IP6 = Pattern.compile("[0-9a-f:.]+");
  private static final Pattern REQUEST_TARGET = Pattern.compile("/[!-~]*");
  private static final Pattern SENTENCE = Pattern.compile("The [ -~]{10,120}\\.");

  @FuzzTest
  @DictionaryEntries({
    "ws://",
    "wss://",
    "http://",
    "https://",
    "@",
    "%",
    "%41",
    "%00",
    "%C3%BC",
    "[::1]",
    "[::ffff:1.2.3.4]",
    "127.0.0.1",
    "0x7f",
    ".",
    "xn--",
    "ü",
    "。",
    "\\",
    "#",
    "?",
    ":65535",
    ":0"
  })
  void aTextIsATargetThatIsTheSameAgainOrIsRefusedWithoutARepetition(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    Target target;
    try {
      target = Target.parse(text);
    } catch (InvalidTargetException e) {
      assertThat(e).hasNoCause();
      assertThat(e.getMessage()).matches(SENTENCE);
      // Written in the program: nothing of it comes from the text.
      assertThat(e.getMessage()).isSameAs(String.valueOf(e.getMessage()).intern());
      return;
    }
    assertIsClean(target);
    assertIsTheSameAgain(target);
  }

  /** All of it goes onto the wire: nothing can end a line there, or a field. */
  private static void assertIsClean(Target target) {
    boolean ip6 = target.host().indexOf(':') >= 0;
    assertThat(target.host()).matches(ip6 ? IP6 : HOST).hasSizeLessThanOrEqualTo(254);
    assertThat(target.literalAddress().isPresent() || !ip6).isTrue();
    assertThat(target.port()).isBetween(1, 65_535);
    assertThat(target.tlsName()).doesNotEndWith(".").isNotEmpty();
    assertThat(target.requestTarget().reveal()).matches(REQUEST_TARGET).doesNotContain("#");
    String credentials = target.credentials().map(Secret::reveal).orElse("");
    assertThat(credentials.chars()).noneMatch(Character::isISOControl);
    assertThat(target.toString())
        .isEqualTo((target.secure() ? "wss://" : "ws://") + target.authority() + "/…");
  }

  private static void assertIsTheSameAgain(Target target) {
    String again =
        (target.secure() ? "wss://" : "ws://")
            + target.credentials().map(TargetFuzzTest::encoded).orElse("")
            + target.authority()
            + target.requestTarget().reveal();
    try {
      Target same = Target.parse(again);
      assertThat(same).isEqualTo(target).hasSameHashCodeAs(target);
      assertThat(same.literalAddress()).isEqualTo(target.literalAddress());
      assertThat(same.hostHeader()).isEqualTo(target.hostHeader());
    } catch (InvalidTargetException e) {
      throw new AssertionError(e);
    }
  }

  private static String encoded(Secret credentials) {
    int colon = credentials.reveal().indexOf(':');
    return percentEncoded(credentials.reveal().substring(0, colon))
        + ":"
        + percentEncoded(credentials.reveal().substring(colon + 1))
        + "@";
  }

  private static String percentEncoded(String text) {
    HexFormat hex = HexFormat.ofDelimiter("").withPrefix("%");
    return hex.formatHex(text.getBytes(UTF_8));
  }
}
