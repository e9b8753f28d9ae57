package io.github.websocketexporter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client says in its Authorization field. */
class CredentialsTest {

  private static @Nullable Credentials read(String... fields) {
    HttpHeaders headers = new DefaultHttpHeaders();
    Arrays.stream(fields).forEach(field -> headers.add("Authorization", field));
    return Credentials.of(headers);
  }

  private static String basic(String pair) {
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "user:password, user, password",
    "user:, user, ''",
    ":password, '', password",
    "user:a:b::, user, a:b::",
    "'é ü:pässwörd ', 'é ü', 'pässwörd '"
  })
  void areANameUpToTheFirstColonAndAPassword(String pair, String user, String password) {
    Credentials credentials = Objects.requireNonNull(read(basic(pair)));

    assertThat(credentials.user()).isEqualTo(user);
    assertThat(new String(credentials.password(), UTF_8)).isEqualTo(password);
  }

  @ParameterizedTest
  @ValueSource(strings = {"basic YTpi", "BASIC  YTpi ", "Basic YTpi"})
  void areOfTheSchemeBasicHoweverItIsWritten(String field) {
    assertThat(Objects.requireNonNull(read(field)).user()).isEqualTo("a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Basic",
        "Basic ",
        "Bearer YTpi",
        "BasicYTpi",
        "Basic YTpi=",
        "Basic é",
        "Basic YWI="
      })
  void areNoneWhereTheFieldIsNotValid(String field) {
    assertThat(read(field)).isNull();
  }

  @Test
  void areNoneWhereThereIsNoFieldOrMoreThanOne() {
    assertThat(read()).isNull();
    assertThat(read("Basic YTpi", "Basic YTpi")).isNull();
  }
}
