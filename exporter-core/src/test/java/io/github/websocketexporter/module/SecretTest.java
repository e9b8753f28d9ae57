package io.github.websocketexporter.module;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SecretTest {

  @Test
  void revealsTheTextItWasMadeOf() {
    assertThat(Secret.of("hunter2").reveal()).isEqualTo("hunter2");
    assertThat(Secret.of("").reveal()).isEmpty();
  }

  @Test
  void printsAMaskInsteadOfTheText() {
    assertThat(Secret.of("hunter2")).hasToString("***");
    assertThat("token " + Secret.of("hunter2")).isEqualTo("token ***");
    assertThat("%s".formatted(Secret.of("hunter2"))).isEqualTo("***");
  }

  @Test
  void doesNotEvenShowItsLength() {
    assertThat(Secret.of("").toString()).isEqualTo(Secret.of("x".repeat(100)).toString());
  }

  @Test
  void equalsASecretOfTheSameTextAndNothingElse() {
    assertThat(Secret.of("hunter2"))
        .isEqualTo(Secret.of("hunter2"))
        .hasSameHashCodeAs(Secret.of("hunter2"))
        .isNotEqualTo(Secret.of("hunter3"))
        .isNotEqualTo("hunter2")
        .isNotEqualTo(null);
  }

  @Test
  void masksItselfInARecordThatHoldsIt() {
    record Login(String user, Secret password) {}

    assertThat(new Login("ada", Secret.of("hunter2"))).hasToString("Login[user=ada, password=***]");
  }
}
