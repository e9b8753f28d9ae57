package io.github.websocketexporter.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.HeaderField;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.module.UpgradeSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamedTargetTest {
  private static final Authorization TOKEN = new Authorization.Bearer(Secret.of("t0ken"));

  private final ProbeModule plain =
      ProbeModule.builder("plain", Duration.ofSeconds(1))
          .upgrade(UpgradeSettings.PLAIN.with(List.of(field("X-Tenant", "blue")), null))
          .build();

  @Test
  void leavesTheModuleAsItIsWhereItHasNothingToAdd() throws Exception {
    assertThat(new NamedTarget(target(), null, List.of(), null).addedTo(plain)).isSameAs(plain);
  }

  @Test
  void addsItsHeadersAndItsAuthorization() throws Exception {
    ProbeModule module =
        new NamedTarget(target(), null, List.of(field("X-Shard", "7")), TOKEN).addedTo(plain);

    assertThat(module.upgrade().headers())
        .containsExactly(field("X-Tenant", "blue"), field("X-Shard", "7"));
    assertThat(module.upgrade().authorization()).isEqualTo(TOKEN);
    assertThat(module.withUpgrade(plain.upgrade())).isEqualTo(plain);
  }

  @Test
  void hasItsOwnWayWhereTheModuleSaysOtherwise() throws Exception {
    ProbeModule module =
        new NamedTarget(target(), null, List.of(field("x-tenant", "red")), null).addedTo(plain);

    assertThat(module.upgrade().headers()).containsExactly(field("x-tenant", "red"));
  }

  private static HeaderField field(String name, String value) {
    return new HeaderField(name, Secret.of(value));
  }

  private static Target target() throws InvalidTargetException {
    return Target.parse("wss://node1.example.com/t0ken").named("node1");
  }
}
