package io.github.websocketexporter.module;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.github.websocketexporter.module.Expectation.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpectationTest {

  @Test
  void isFoundAnywhereInTheMessage() {
    Expectation expectation = expectation(Kind.TEXT, "b+");

    assertThat(expectation.match("abba")).isEmpty();
    assertThat(expectation.match("aca")).isNull();
  }

  @Test
  void findsWhatItsNamedGroupsHold() {
    Expectation expectation = expectation(Kind.TEXT, "(?P<a>x+)(y)(?<b>z)?");

    assertThat(expectation.match("wxxyz")).isEqualTo(Map.of("a", "xx", "b", "z"));
  }

  @ParameterizedTest
  @CsvSource({
    "TEXT, ab, 0, 256",
    "TEXT, ab, 936, 4_000",
    "TEXT, (a)b, 936, 6_000",
    "TEXT, (?P<x>a)b, 936, 12_000",
    "BINARY, ab, 936, 7_744"
  })
  void costsAllItsInstructionsForEachCharacter(Kind kind, String regex, int bytes, String cost) {
    assertThat(expectation(kind, regex).cost(bytes))
        .isEqualTo(Long.parseLong(cost.replace("_", "")));
  }

  @Test
  void findsNothingWhereAGroupTookNoPart() {
    assertThat(expectation(Kind.TEXT, "x(?P<b>z)?").match("x")).isEqualTo(Map.of("b", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "21000000, 21000000",
    "-5, -5",
    "+5, 5",
    "0.25, 0.25",
    "1.5e3, 1500",
    "2E-3, 0.002",
    "0x10, 16",
    "0XfF, 255",
    "0x0, 0",
    "0xde0b6b3a7640000, 1000000000000000000",
    "0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff, 1.157920892373162e77"
  })
  void extractsNumbers(String text, double number) {
    assertThat(numberIn(Kind.TEXT, text)).isEqualTo(number);
  }

  @ParameterizedTest
  @CsvSource({"00, 0", "0010, 16", "ffffffff, 4294967295", "1234, 4660"})
  void extractsTheNumberThatBytesAre(String hex, double number) {
    assertThat(numberIn(Kind.BINARY, hex)).isEqualTo(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "1x",
        "1.",
        ".5",
        "1e",
        "0x",
        "0xg",
        "-0x1",
        "NaN",
        "Infinity",
        "1d",
        "1_000",
        "1,5",
        " 1",
        "1e999",
        "0x1p3"
      })
  void isNotTheMessageWhereAGroupFindsNoNumber(String text) {
    assertThat(extracting(Kind.TEXT).numbers(Map.of("n", text))).isNull();
  }

  @Test
  void takesNothingOfMoreThanAHundredCharactersForANumber() {
    assertThat(numberIn(Kind.TEXT, "0".repeat(99) + "1")).isEqualTo(1);
    assertThat(extracting(Kind.TEXT).numbers(Map.of("n", "0".repeat(100) + "1"))).isNull();
  }

  private static double numberIn(Kind kind, String text) {
    return requireNonNull(extracting(kind).numbers(Map.of("n", text))).getOrDefault("n", -1.0);
  }

  private static Expectation extracting(Kind kind) {
    return new Expectation(kind, Pattern.compile("(?P<n>.*)"), false, null, List.of("n"));
  }

  private static Expectation expectation(Kind kind, String regex) {
    return new Expectation(kind, Pattern.compile(regex), false, null, List.of());
  }
}
