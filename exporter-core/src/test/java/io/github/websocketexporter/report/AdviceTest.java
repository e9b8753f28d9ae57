package io.github.websocketexporter.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.probe.Failure;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.Phase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person is told of each reason. */
class AdviceTest {
  @ParameterizedTest
  @EnumSource
  void isOneSentence(FailureReason reason) {
    String sentence = Advice.sentence(new Failure(Phase.PING, reason));

    assertThat(sentence)
        .startsWith("Failed in phase ping (" + reason.label() + "): ")
        .containsOnlyOnce("; the usual cause: ")
        .endsWith(".")
        .doesNotContain("..", "  ", "\n");
    assertThat(Advice.of(reason).what()).matches("[a-z].*[a-zA-Z0-9]");
  }
}
