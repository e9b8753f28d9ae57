package io.github.websocketexporter.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeerTextTest {
  private static final int LIMIT = 1_024;
  private static final String TWO_BYTES = "\u00e9";
  private static final String THREE_BYTES = "\u20ac";
  private static final String FOUR_BYTES = "\ud83d\ude00";

  @Test
  void isEmptyWhereThereIsNone() {
    assertThat(PeerText.label(null)).isEmpty();
    assertThat(PeerText.label("")).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"a", TWO_BYTES, THREE_BYTES, FOUR_BYTES})
  void isKeptUpToAKibibyteAndCutBeyondIt(String character) {
    int fitting = LIMIT / character.getBytes(UTF_8).length;
    String whole = character.repeat(fitting);

    assertThat(PeerText.label(whole)).isEqualTo(whole);
    assertThat(PeerText.label(whole + character)).isEqualTo(whole);
    assertThat(PeerText.label(character.repeat(1_000_000))).isEqualTo(whole);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {TWO_BYTES, THREE_BYTES, FOUR_BYTES})
  void isCutBeforeACharacterThatFitsOnlyInPart(String character) {
    int size = character.getBytes(UTF_8).length;
    for (int missing = 1; missing < size; missing++) {
      String fitting = "a".repeat(LIMIT - size + missing);

      assertThat(PeerText.label(fitting + character)).isEqualTo(fitting);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\ude00", "\ude00\ud83d", "\ud83d\ud83d\ude00"})
  void isBoundedWhereSurrogatesAreAlone(String surrogates) {
    for (int length = 0; length < 3; length++) {
      String text = "a".repeat(length) + surrogates.repeat(LIMIT);
      String label = PeerText.label(text);

      assertThat(label).isEqualTo(longest(text));
      assertThat(label.getBytes(UTF_8)).hasSizeBetween(LIMIT - 3, LIMIT);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\ud83d", "\ude00"})
  void countsALoneSurrogateAsTheOneByteThatItIsWrittenAs(String surrogate) {
    String fitting = "a".repeat(LIMIT - 1);

    assertThat(PeerText.label(fitting + surrogate)).isEqualTo(fitting + surrogate);
    assertThat(PeerText.label(fitting + surrogate + "a")).isEqualTo(fitting + surrogate);
    assertThat(PeerText.label(fitting + "a" + surrogate)).isEqualTo(fitting + "a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r", "\t", "\0", "\u001b", "\u007f", "\u0085", "\u009b"})
  void hasNoControlCharacter(String control) {
    assertThat(PeerText.label("CN=a" + control + "[2Jb")).isEqualTo("CN=a\ufffd[2Jb");
    assertThat(PeerText.label(control.repeat(LIMIT))).isEqualTo("\ufffd".repeat(LIMIT / 3));
  }

  @Test
  void isTheLongestBeginningThatFitsWhateverTheTextIs() {
    String[] alphabet = {"a", "\"", TWO_BYTES, THREE_BYTES, FOUR_BYTES, "\ud83d", "\ude00"};
    Random random = new Random(6455);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder builder = new StringBuilder();
      int parts = 200 + random.nextInt(900);
      int letters = 1 + random.nextInt(alphabet.length);
      for (int part = 0; part < parts; part++) {
        builder.append(alphabet[random.nextInt(letters)]);
      }
      String text = builder.toString();

      assertThat(PeerText.label(text)).isEqualTo(longest(text));
    }
  }

  /** Character by character, as slow as it is plain. */
  private static String longest(String text) {
    int end = 0;
    int bytes = 0;
    while (end < text.length()) {
      int next = text.offsetByCodePoints(end, 1);
      bytes += text.substring(end, next).getBytes(UTF_8).length;
      if (bytes > LIMIT) {
        break;
      }
      end = next;
    }
    return text.substring(0, end);
  }
}
