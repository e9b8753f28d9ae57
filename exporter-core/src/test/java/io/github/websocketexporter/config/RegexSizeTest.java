package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegexSizeTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "abc 3",
        "a{5}b{2} 7",
        "a{2,5}b{3,}c{0} 9",
        "(ab){5}c 11",
        "((a{10}b){10}c){10} 1110",
        "(a)(b(c{3})){2} 9",
        "((((x{1000}){1000}){1000}){1000}){1000} 2147483647",
        "[(]{3}[^)]{2}[]({1}] 24",
        "[[:alpha:](]{2}a 25",
        "\\({3}\\){2} 10",
        "\\x{1000}{2} 16",
        "\\p{Greek}\\d{2} 13",
        "\\Q({9}\\E{2}\\Q(( 20",
        "a{b}c{ 6"
      })
  void countsEachCharacterAsOftenAsItIsRepeated(String regex, long size) {
    assertThat(RegexSize.of(regex)).isEqualTo(size);
  }
}
