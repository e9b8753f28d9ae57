package io.github.websocketexporter.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UpgradeSettingsTest {
  private static final Authorization BEARER = new Authorization.Bearer(Secret.of("module"));
  private static final Authorization KEY =
      new Authorization.Header(field("X-Api-Key", "of the target"));

  @Test
  void addsFieldsBehindItsOwn() {
    UpgradeSettings both =
        settings(BEARER, field("X-A", "1")).with(List.of(field("X-B", "2")), null);

    assertThat(both).isEqualTo(settings(BEARER, field("X-A", "1"), field("X-B", "2")));
  }

  @Test
  void prefersTheFieldsThatAreAdded() {
    UpgradeSettings both =
        settings(null, field("X-A", "1"), field("X-B", "1")).with(List.of(field("x-a", "2")), null);

    assertThat(both.headers()).containsExactly(field("X-B", "1"), field("x-a", "2"));
  }

  @Test
  void prefersTheAuthorizationThatIsAdded() {
    assertThat(settings(BEARER).with(List.of(), KEY)).isEqualTo(settings(KEY));
    assertThat(settings(BEARER, field("x-api-key", "of the module")).with(List.of(), KEY))
        .isEqualTo(settings(KEY));
  }

  @Test
  void prefersAnAuthorizationFieldThatIsAdded() {
    HeaderField digest = field("AUTHORIZATION", "Digest …");

    assertThat(settings(BEARER).with(List.of(digest), null)).isEqualTo(settings(null, digest));
  }

  private static UpgradeSettings settings(
      @Nullable Authorization authorization, HeaderField... headers) {
    return UpgradeSettings.PLAIN.with(List.of(headers), authorization);
  }

  private static HeaderField field(String name, String value) {
    return new HeaderField(name, Secret.of(value));
  }
}
