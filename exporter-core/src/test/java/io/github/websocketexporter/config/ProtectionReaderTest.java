package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom the server lets in, as a user writes it. */
class ProtectionReaderTest {
  private static final Path PEM = Path.of("src/test/resources/pem").toAbsolutePath();
  private static final String REST = "$" + "./Az09".repeat(8) + "abcde";

  @TempDir private Path directory;

  private WebProtection read(String web) throws Exception {
    Path file = directory.resolve("exporter.conf");
    Files.writeString(file, "websocket-exporter.web {\n" + web + "\n}\n");
    return ConfigLoader.load(file, new Flags()).web().protection();
  }

  private ServerTlsSettings tls(String more) throws Exception {
    return requireNonNull(
        read("tls { cert-file = %s/ec.pem, key-file = %s/ec-key.pem\n%s }"
                .formatted(PEM, PEM, more))
            .tls());
  }

  @Test
  void isEveryoneWhereNothingIsSaid() throws Exception {
    assertThat(read("")).isEqualTo(WebProtection.NONE);
    assertThat(read("tls = null, open-paths = []")).isEqualTo(WebProtection.NONE);
  }

  @Test
  void isWhoeverSpeaksTlsWhereThereIsACertificate() throws Exception {
    ServerTlsSettings tls = tls("");

    assertThat(tls.identity().chain()).hasSize(1);
    assertThat(tls.identity().key().getAlgorithm()).isEqualTo("EC");
    assertThat(tls.clientAuth()).isEqualTo(ClientAuth.NONE);
    assertThat(tls.clientAuthorities()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"optional, OPTIONAL", "required, REQUIRED"})
  void isWhoHasACertificateOfAnAuthority(String value, ClientAuth expected) throws Exception {
    ServerTlsSettings tls =
        tls("client-auth = %s, client-ca-file = %s/bundle.pem".formatted(value, PEM));

    assertThat(tls.clientAuth()).isEqualTo(expected);
    assertThat(tls.clientAuthorities()).hasSizeGreaterThan(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"$2a$04", "$2b$09", "$2y$10", "$2y$14"})
  void isAUserWithABcryptHash(String start) throws Exception {
    assertThat(read("basic-auth-users.\"Ali.Baba é\" = \"" + start + REST + "\"").basicAuthUsers())
        .hasEntrySatisfying(
            "Ali.Baba é",
            hash -> {
              assertThat(hash.reveal()).isEqualTo(start + REST);
              assertThat(hash).hasToString("***");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$2y$03", "$2y$15", "$2y$31", "$2y$4", "$2x$10", "$1$", "{SHA}", "2y$10", "$2y$10$"
      })
  void isNobodyWithAnotherHashNorIsThatRepeated(String start) {
    assertThatThrownBy(() -> read("basic-auth-users.user = \"" + start + REST + "\""))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("basic-auth-users.user: expected a bcrypt hash such as")
        .hasMessageNotContaining(REST);
  }

  @Test
  void isNoUserWhoIsTakenAway() throws Exception {
    String hash = "\"$2y$10" + REST + "\"";

    assertThat(
            read("basic-auth-users { old = " + hash + ", new = " + hash + ", old = null }")
                .basicAuthUsers())
        .containsOnlyKeys("new");
  }

  /** Such as by a variable of the environment that is not set. */
  @ParameterizedTest
  @ValueSource(strings = {"", "alice = ${?WEBSOCKET_EXPORTER_TEST_UNSET}", "alice = null"})
  void isNotEveryoneWhereTheUsersGotLost(String users) {
    assertThatThrownBy(() -> read("basic-auth-users { " + users + " }"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            directory.resolve("exporter.conf")
                + ":2: websocket-exporter.web.basic-auth-users: expected at least one user,"
                + " but found none; without the block everybody is let in");
  }

  @Test
  void isEveryoneOnOpenPaths() throws Exception {
    assertThat(read("open-paths = [/-/healthy]").openPaths()).containsExactly("/-/healthy");
  }

  @Test
  void isMaskedWhereTheConfigurationIsShown() throws Exception {
    Path file = directory.resolve("exporter.conf");
    String hash = "$2y$10" + REST;
    Files.writeString(
        file, "websocket-exporter.web.basic-auth-users { \"a.b\" = \"%s\" }".formatted(hash));

    assertThat(ConfigLoader.parse(file, new Flags()).read().text().toString())
        .contains("\"a.b\"=\"***\"")
        .doesNotContain(REST);
  }
}
