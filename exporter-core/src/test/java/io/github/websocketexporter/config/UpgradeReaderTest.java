package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.HeaderField;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.module.UpgradeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a module says of the upgrade; its errors are in {@link ConfigLoaderTest}. */
class UpgradeReaderTest {
  @TempDir Path directory;

  @Test
  void asksForNothingButAWebSocketUnlessTheModuleSaysSo() throws Exception {
    assertThat(upgrade("")).isEqualTo(UpgradeSettings.PLAIN);
    assertThat(upgrade("headers {}, subprotocols = [], compression = false, expect-status = 101"))
        .isEqualTo(UpgradeSettings.PLAIN);
  }

  @Test
  void readsEveryKey() throws Exception {
    UpgradeSettings upgrade =
        upgrade(
            """
            host = "gateway.example.com:8443"
            origin = "https://app.example.com"
            user-agent = "probe/1.0 (team a)"
            headers { X-Tenant = blue, Accept-Language = en }
            authorization { bearer { token = s3cret } }
            subprotocols = [graphql-transport-ws, graphql-ws]
            expect-subprotocol = graphql-ws
            expect-status = 401
            compression = true
            """);

    assertThat(upgrade)
        .isEqualTo(
            new UpgradeSettings(
                "gateway.example.com:8443",
                "https://app.example.com",
                "probe/1.0 (team a)",
                List.of(field("Accept-Language", "en"), field("X-Tenant", "blue")),
                new Authorization.Bearer(Secret.of("s3cret")),
                List.of("graphql-transport-ws", "graphql-ws"),
                "graphql-ws",
                401,
                true));
    assertThat(upgrade.toString()).doesNotContain("s3cret", "blue");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"example.com", "10.0.0.1:80", "[2001:db8::1]:8443", "my_service.internal"})
  void takesAnyHost(String host) throws Exception {
    assertThat(upgrade("host = \"" + host + "\"").host()).isEqualTo(host);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"null", "https://example.com", "http://[::1]:3000", "chrome-extension://abcdef"})
  void takesAnyOrigin(String origin) throws Exception {
    assertThat(upgrade("origin = \"" + origin + "\"").origin()).isEqualTo(origin);
  }

  @ParameterizedTest
  @CsvSource({
    "'basic { username = u, password = \" p:w \" }', Authorization, Basic dTogcDp3IA==",
    "'basic { username = ключ, password = \"\" }', Authorization, Basic 0LrQu9GO0Yc6",
    "'bearer { token = \"a.b-c_d~e+f/g==\" }', Authorization, Bearer a.b-c_d~e+f/g==",
    "'header { name = X-Api-Key, value = s3cret }', X-Api-Key, s3cret",
    "'header { name = Authorization, value = Token s3cret }', Authorization, Token s3cret"
  })
  void knowsEachKindOfAuthorization(String hocon, String name, String value) throws Exception {
    Authorization authorization =
        requireNonNull(upgrade("authorization { " + hocon + " }").authorization());

    assertThat(authorization.field().name()).isEqualToIgnoringCase(name);
    assertThat(authorization.field().value().reveal()).isEqualTo(value);
    assertThat(authorization.toString()).doesNotContain(value);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "basic { username = u, password-file = secret }",
        "bearer { token-file = secret }",
        "header { name = X-Api-Key, value-file = secret }"
      })
  void takesASecretFromAFileBesideTheConfiguration(String hocon) throws Exception {
    Files.writeString(directory.resolve("secret"), "s3cret\n");

    Authorization fromFile = upgrade("authorization { " + hocon + " }").authorization();

    assertThat(fromFile)
        .isEqualTo(
            upgrade("authorization { " + hocon.replace("-file = ", " = s3cret #") + "\n}}")
                .authorization());
  }

  @Test
  void takesWhatLooksLikeANumberAsItIsWritten() throws Exception {
    UpgradeSettings upgrade =
        upgrade("headers { A = 007, B = 1.10, C = 1e3, D = true }, user-agent = 1.0");

    assertThat(upgrade.headers())
        .containsExactly(
            field("A", "007"), field("B", "1.10"), field("C", "1e3"), field("D", "true"));
    assertThat(upgrade.userAgent()).isEqualTo("1.0");
  }

  @Test
  void takesBackWhatItInherits() throws Exception {
    String modules =
        """
        websocket-exporter.modules {
          parent {
            headers { X-Tenant = blue, X-Zone = a }
            authorization { bearer { token = s3cret } }
          }
          child {
            extends = parent
            headers { X-Tenant = green, X-Zone = null }
            authorization { bearer = null, header { name = X-Key, value = s3cret } }
          }
          nobody { extends = parent, authorization = null, headers = null }
        }
        """;

    assertThat(upgrade(modules, "child").headers()).containsExactly(field("X-Tenant", "green"));
    assertThat(upgrade(modules, "child").authorization())
        .isEqualTo(new Authorization.Header(field("X-Key", "s3cret")));
    assertThat(upgrade(modules, "nobody")).isEqualTo(UpgradeSettings.PLAIN);
  }

  @Test
  void takesAValueOfEightKibibytesAndNoMore() throws Exception {
    String longest = "ß".repeat(4_096);

    assertThat(upgrade("headers.X-Long = \"" + longest + "\"").headers())
        .containsExactly(field("X-Long", longest));
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> upgrade("headers.X-Long = \"" + longest + "x\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\u0000", "\\t", "\\r", "\\n", "\\u007f", "\\u0085", "\\ud800"})
  void refusesAValueThatEndsInWhatCannotBeSent(String last) {
    assertThatExceptionOfType(InvalidConfigException.class)
        .isThrownBy(() -> upgrade("headers.X-Odd = \"s3cret" + last + "\""))
        .withMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @CsvSource({
    "bearer, Bearer s3cret",
    "api_key, s3cret",
    "basic, Basic d2Vic29ja2V0LWV4cG9ydGVyOnMzY3JldA=="
  })
  void readsTheExampleThatIsShipped(String module, String value) throws Exception {
    Files.writeString(directory.resolve("token"), "s3cret\n");
    String example = Files.readString(Path.of("../config/authentication.conf"));

    // What stands for a variable of the environment is not there in a test.
    UpgradeSettings upgrade = upgrade(example.replaceAll("\\$\\{\\?\\w+}", "s3cret"), module);

    assertThat(requireNonNull(upgrade.authorization()).field().value().reveal()).isEqualTo(value);
  }

  private UpgradeSettings upgrade(String module) throws IOException, InvalidConfigException {
    return upgrade("websocket-exporter.modules.m {\n" + module + "\n}", "m");
  }

  private UpgradeSettings upgrade(String hocon, String name)
      throws IOException, InvalidConfigException {
    Path file = Files.writeString(directory.resolve("exporter.conf"), hocon);
    return requireNonNull(ConfigLoader.load(file, new Flags()).modules().get(name)).upgrade();
  }

  private static HeaderField field(String name, String value) {
    return new HeaderField(name, Secret.of(value));
  }
}
