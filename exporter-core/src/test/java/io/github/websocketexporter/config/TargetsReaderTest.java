package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.HeaderField;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.probe.NamedTarget;
import io.github.websocketexporter.probe.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsReaderTest {
  @TempDir Path directory;

  @Test
  void hasNoneByDefault() throws Exception {
    assertThat(targets("")).isEmpty();
  }

  @Test
  void readsTheUrlAndTheModule() throws Exception {
    NamedTarget named =
        target(
            """
            modules.careful {}
            targets.test {
              url = "https://id:pass@Node1.example.com:8443/token?a=b"
              module = careful
            }
            """);

    Target target = named.target();
    assertThat(target.secure()).isTrue();
    assertThat(target.host()).isEqualTo("node1.example.com");
    assertThat(target.port()).isEqualTo(8443);
    assertThat(target.requestTarget()).isEqualTo(Secret.of("/token?a=b"));
    assertThat(target.credentials()).hasValue(Secret.of("id:pass"));
    assertThat(named.module()).isEqualTo("careful");
  }

  @Test
  void readsHeadersAndAuthorization() throws Exception {
    NamedTarget named =
        target(
            """
            targets.test {
              url = "wss://node1.example.com"
              headers { X-Tenant = blue }
              authorization.bearer.token = t0ken
            }
            """);

    assertThat(named.headers()).containsExactly(new HeaderField("X-Tenant", Secret.of("blue")));
    assertThat(named.authorization()).isEqualTo(new Authorization.Bearer(Secret.of("t0ken")));
  }

  @Test
  void leavesTheModuleToTheRequestWhereThereIsNone() throws Exception {
    assertThat(target("targets.test.url = \"ws://node1.example.com\"").module()).isNull();
  }

  @Test
  void takesAwayATargetWithNull() throws Exception {
    assertThat(targets("targets { a.url = \"ws://a/\", b.url = \"ws://b/\", a = null }"))
        .containsOnlyKeys("b");
  }

  @Test
  void showsNothingButTheName() throws Exception {
    assertThat(target("targets.test.url = \"ws://node1.example.com/token\""))
        .hasToString("NamedTarget[target=test, module=null, headers=[], authorization=null]");
  }

  @Test
  void takesTheTokenFromTheEnvironment() throws Exception {
    NamedTarget named = target("targets.test.url = \"ws://node1.example.com\"${?HOME}");

    assertThat(named.target().requestTarget()).isEqualTo(Secret.of(System.getenv("HOME")));
  }

  @Test
  void sortsThemByNameAndKeepsThemFromBeingChanged() throws Exception {
    Map<String, NamedTarget> targets =
        targets(
            """
            targets { zebra.url = "ws://z", "an.ant".url = "ws://a", Node-1_b.url = "ws://n" }
            """);

    assertThat(targets.keySet()).containsExactly("Node-1_b", "an.ant", "zebra");
    assertThat(targets).isUnmodifiable();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c4n4ry",
        "ftp://c4n4ry/",
        "ws://c4n4ry:c4n4ry/",
        "ws://h/c4n4ry x",
        "ws://c4n4ry%zz@h/",
        "ws://h/#c4n4ry",
        "ws://[c4n4ry]/",
        "ws://c4n4ry..x/"
      })
  void repeatsNothingOfAUrlThatIsNotOne(String url) throws Exception {
    Path file = file("targets.test.url = \"" + url + "\"");

    assertThat(
            catchThrowableOfType(
                InvalidConfigException.class, () -> ConfigLoader.load(file, new Flags())))
        .hasMessageStartingWith(file + ":2: websocket-exporter.targets.test.url: The ")
        .hasMessageNotContaining("c4n4ry");
  }

  private NamedTarget target(String settings) throws IOException, InvalidConfigException {
    return requireNonNull(targets(settings).get("test"));
  }

  private Map<String, NamedTarget> targets(String settings)
      throws IOException, InvalidConfigException {
    return ConfigLoader.load(file(settings), new Flags()).targets();
  }

  private Path file(String settings) throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"), "websocket-exporter {\n" + settings + "\n}");
  }
}
