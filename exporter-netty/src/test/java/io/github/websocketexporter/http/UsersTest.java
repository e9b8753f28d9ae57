package io.github.websocketexporter.http;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import io.github.websocketexporter.http.Users.PasswordCheck;
import io.github.websocketexporter.http.Users.Verdict;
import io.github.websocketexporter.module.Secret;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose password is right, what is hashed to find out, and what is remembered of it. */
class UsersTest {
  private final List<String> hashed = new ArrayList<>();
  private final PasswordCheck counting =
      (password, hash) -> {
        hashed.add(new String(hash, US_ASCII));
        return PasswordCheck.BCRYPT.matches(password, hash);
      };

  private static Credentials credentials(String user, String password) {
    String pair = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    return requireNonNull(
        Credentials.of(new DefaultHttpHeaders().add("Authorization", "Basic " + pair)));
  }

  private static String hash(int cost, String password) {
    byte[] bytes =
        BCrypt.with(
                BCrypt.Version.VERSION_2Y,
                LongPasswordStrategies.truncate(BCrypt.Version.VERSION_2Y))
            .hash(cost, password.getBytes(UTF_8));
    return new String(bytes, US_ASCII);
  }

  private static boolean check(Users users, String user, String password) {
    Credentials credentials = credentials(user, password);
    return users.check(credentials, users.fingerprint(credentials));
  }

  private static Verdict remembered(Users users, String user, String password) {
    Credentials credentials = credentials(user, password);
    return users.remembered(credentials, users.fingerprint(credentials));
  }

  private Users ofAliceAndBob() {
    return new Users(
        Map.of("alice", Secret.of(hash(4, "wonderland")), "bob", Secret.of(hash(6, "builder"))),
        counting);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2a", "2b", "2y"})
  void aHashThatAnotherProgramMadeIsRecognizedInEachOfItsVersions(String version) {
    // By crypt(3) of libxcrypt.
    String hash = "$" + version + "$05$bvIG6Nmid91Mu9RcmmWZfOpG29Fwqhp9izrpUlNDcHYnxtiP7OuIe";
    Users users = new Users(Map.of("ali baba", Secret.of(hash)));

    assertThat(check(users, "ali baba", "open sesame")).isTrue();
    assertThat(check(users, "ali baba", "open barley")).isFalse();
    assertThat(check(users, "ali baba", "")).isFalse();
    assertThat(check(users, "Ali Baba", "open sesame")).isFalse();
  }

  @Test
  void ofALongPasswordTheFirst72BytesCountAsOtherProgramsHaveIt() {
    String hash = hash(4, "x".repeat(80));
    Users users = new Users(Map.of("user", Secret.of(hash)));

    assertThat(check(users, "user", "x".repeat(80))).isTrue();
    assertThat(check(users, "user", "x".repeat(72))).isTrue();
    assertThat(check(users, "user", "x".repeat(71))).isFalse();
  }

  @Test
  void anUnknownUserCostsAHashOfTheHighestCostThatThereIs() {
    Users users = ofAliceAndBob();

    assertThat(check(users, "mallory", "wonderland")).isFalse();

    assertThat(hashed).singleElement().asString().startsWith("$2y$06$");
  }

  @Test
  void nobodyGetsInWithThePasswordWhoseHashStandsForUnknownUsers() {
    Users users =
        new Users(Map.of("alice", Secret.of(hash(4, "wonderland"))), (password, hash) -> true);

    assertThat(check(users, "mallory", "any")).isFalse();
    assertThat(remembered(users, "mallory", "any")).isEqualTo(Verdict.WRONG);
  }

  @Test
  void whatWasCheckedIsRememberedAndNothingElseIs() {
    Users users = ofAliceAndBob();
    assertThat(remembered(users, "alice", "wonderland")).isEqualTo(Verdict.UNCHECKED);

    assertThat(check(users, "alice", "wonderland")).isTrue();
    assertThat(check(users, "bob", "breaker")).isFalse();

    assertThat(remembered(users, "alice", "wonderland")).isEqualTo(Verdict.RIGHT);
    assertThat(remembered(users, "bob", "breaker")).isEqualTo(Verdict.WRONG);
    assertThat(remembered(users, "alice", "wonderlanD")).isEqualTo(Verdict.UNCHECKED);
    assertThat(remembered(users, "bob", "wonderland")).isEqualTo(Verdict.UNCHECKED);
    assertThat(remembered(users, "bob", "builder")).isEqualTo(Verdict.UNCHECKED);
    assertThat(remembered(ofAliceAndBob(), "alice", "wonderland"))
        .as("by the users of another configuration")
        .isEqualTo(Verdict.UNCHECKED);
  }

  @Test
  void manyWrongPasswordsPushOutOlderOnesAndNoRightOne() {
    Users users =
        new Users(
            Map.of("alice", Secret.of(hash(4, "0"))), (password, hash) -> password.length == 1);
    assertThat(check(users, "alice", "0")).isTrue();

    for (int i = 10; i < 1_010; i++) {
      assertThat(check(users, "alice", String.valueOf(i))).isFalse();
    }

    assertThat(remembered(users, "alice", "0")).isEqualTo(Verdict.RIGHT);
    assertThat(remembered(users, "alice", "10")).isEqualTo(Verdict.UNCHECKED);
    assertThat(remembered(users, "alice", "1009")).isEqualTo(Verdict.WRONG);
  }
}
