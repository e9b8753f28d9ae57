package io.github.websocketexporter.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTemplateTest {
  private static final Map<String, String> FOUND = Map.of("id", "7", "sid", "$1\\${id}", "no", "");

  @ParameterizedTest
  @CsvSource({
    "${id}, 7",
    "a${id}b${id}c, a7b7c",
    "${id}${id}, 77",
    "<${no}>, <>",
    "'{\"id\":${id}}', '{\"id\":7}'",
    "$${id}, ${id}",
    "$$${id}, $${id}",
    "$${id} ${id}, ${id} 7",
    "$${a-b}$${, ${a-b}${"
  })
  void putsWhatGroupsFoundInTheirPlaces(String text, String filled) {
    assertThat(template(text).fill(FOUND, 100)).isEqualTo(filled);
  }

  @Test
  void putsWhatAGroupFoundInAsItIs() {
    assertThat(template("<${sid}>").fill(FOUND, 100)).isEqualTo("<$1\\${id}>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "$", "$$", "{}", "{id}", "$id", "$ {id}"})
  void leavesEverythingElseAsItIs(String text) {
    assertThat(template(text).groups()).isEmpty();
    assertThat(template(text).fill(Map.of(), 100)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({"${}, ''", "${a b}, a b", "${a-b}, a-b", "${ id }, ' id '", "${id, ''", "a${, ''"})
  void takesWhateverItHoldsForAGroup(String text, String group) {
    assertThat(template(text).groups()).containsExactly(group);
  }

  @Test
  void knowsItsGroups() {
    assertThat(template("${a} ${b_2} ${a} $${c}").groups()).containsExactlyInAnyOrder("a", "b_2");
  }

  @Test
  void isNotFilledBeyondTheMost() {
    assertThat(template("ab${id}cd").fill(FOUND, 5)).isEqualTo("ab7cd");
    assertThat(template("ab${id}cd").fill(FOUND, 4)).isNull();
    assertThat(template("äb${id}cd").fill(FOUND, 6)).isEqualTo("äb7cd");
    assertThat(template("äb${id}cd").fill(FOUND, 5)).isNull();
  }

  @Test
  void doesNotShowWhatItHolds() {
    assertThat(template("before ${id} after").toString())
        .doesNotContain("before", "after")
        .contains("id");
  }

  private static MessageTemplate template(String text) {
    return MessageTemplate.parse(Secret.of(text));
  }
}
