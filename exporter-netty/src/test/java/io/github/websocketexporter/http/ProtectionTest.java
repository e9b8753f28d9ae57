package io.github.websocketexporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.WebProtection;
import io.github.websocketexporter.module.Secret;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is kept of one protection in the next. */
class ProtectionTest {
  private static final Map<String, Secret> ALICE =
      Map.of("alice", Secret.of("$2y$04$bvIG6Nmid91Mu9RcmmWZfOpG29Fwqhp9izrpUlNDcHYnxtiP7OuIe"));

  private final WebProtection settings = new WebProtection(null, ALICE, Set.of());

  @Test
  void whatIsKnownOfPasswordsIsKeptWhereTheUsersAreTheSame() throws Exception {
    Protection before = Protection.of(settings);

    Protection after =
        before.replacedBy(new WebProtection(null, Map.copyOf(ALICE), Set.of("/-/ready")));

    assertThat(after.users()).isSameAs(before.users());
    assertThat(before.guards("/-/ready")).isTrue();
    assertThat(after.guards("/-/ready")).isFalse();
  }

  @Test
  void otherUsersBeginAnew() throws Exception {
    Protection before = Protection.of(settings);
    Map<String, Secret> bob = Map.of("bob", ALICE.get("alice"));

    assertThat(before.replacedBy(new WebProtection(null, bob, Set.of())).users())
        .isNotSameAs(before.users());
  }

  @Test
  void theSameSettingsAreTheSameProtection() throws Exception {
    Protection before = Protection.of(settings);

    assertThat(before.replacedBy(new WebProtection(null, ALICE, Set.of()))).isSameAs(before);
  }
}
