package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a configuration, the files that it was in, and what its errors do not repeat. */
class ParsedConfigTest {
  @TempDir Path directory;

  private Path write(String name, String text) throws Exception {
    return Files.writeString(directory.resolve(name), text);
  }

  @Test
  void knowsTheFilesThatItWasInAndSeesThemChange() throws Exception {
    Path inner = write("inner.conf", "websocket-exporter.dns.min-ttl = 3s");
    write("middle.conf", "include \"inner\"\nwebsocket-exporter.warm-up = 0s");
    Path file = write("outer.conf", "include required(\"middle.conf\")");

    ParsedConfig config = ConfigLoader.parse(file, new Flags());

    assertThat(config.files())
        .extracting(ReadFile::path)
        .containsExactlyInAnyOrder(file, directory.resolve("middle.conf"), inner);
    assertThat(config.files()).noneMatch(ReadFile::hasChanged);
    assertThat(config.read().config().dns().minTtl()).isEqualTo(Duration.ofSeconds(3));
    write("inner.conf", "websocket-exporter.dns.min-ttl = 4s");
    assertThat(config.files()).filteredOn(ReadFile::hasChanged).hasSize(1);
  }

  @Test
  void hasNoFilesWithoutOne() throws Exception {
    ParsedConfig config = ConfigLoader.parse(null, new Flags());

    assertThat(config.files()).isEmpty();
    assertThat(config.read().files()).isEmpty();
    assertThat(config.read().warnings()).isEmpty();
  }

  /** As Kubernetes replaces the files of a ConfigMap and of a Secret. */
  @Test
  void seesAFileChangeThatIsBehindALinkWhichIsTurned() throws Exception {
    Path data = directory.resolve("..data");
    Files.writeString(Files.createDirectory(directory.resolve("1")).resolve("c"), "");
    Files.writeString(Files.createDirectory(directory.resolve("2")).resolve("c"), "a");
    Files.createSymbolicLink(data, Path.of("1"));
    Path file = Files.createSymbolicLink(directory.resolve("c"), Path.of("..data/c"));
    ParsedConfig config = ConfigLoader.parse(file, new Flags());
    assertThat(config.files()).noneMatch(ReadFile::hasChanged);

    Files.createSymbolicLink(directory.resolve("..tmp"), Path.of("2"));
    Files.move(directory.resolve("..tmp"), data, StandardCopyOption.REPLACE_EXISTING);

    assertThat(config.files()).allMatch(ReadFile::hasChanged);
    Files.delete(data);
    assertThat(config.files()).allMatch(ReadFile::hasChanged);
  }

  /** Whatever is wrong around it, a secret may be what the parser stumbles over. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "token = \"s3cret",
        "token = s3cret \"s3cret\n",
        "token \"s3cret\" }",
        "token = \"s3cret\" { a = b }",
        "token = s3cret [ s3cret ]",
        "token = [ s3cret \"s3cret\" : ]",
        "\"s3cret\"",
        "token = ${\"s3cret}",
        "token = \"\\s3cret\"",
        "token = s3cret\n}\ns3cret",
        "token += s3cret\n token = s3cret\n token += s3cret",
        "token : : s3cret",
        "include s3cret",
        "include file(s3cret)"
      })
  void quotesNothingThatIsNotHocon(String text) throws Exception {
    Path file = write("exporter.conf", "websocket-exporter {\n" + text + "\n}\n");

    assertThatThrownBy(() -> ConfigLoader.parse(file, new Flags()).read())
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith(file + ":")
        .hasMessageNotContaining("s3cret");
  }

  /** Such as a secret that stands one level too high, or is taken for a name. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "modules = s3cret",
        "modules.a = \"Bearer s3cret\"",
        "modules.\"Bearer s3cret\" {}",
        "modules.a.\"Authorization: Bearer s3cret\" = \"\"",
        "modules.a.authorization = \"Bearer s3cret\"",
        "modules.a.authorization.bearer = s3cret",
        "modules.a.authorization.basic = \"alice:s3cret\"",
        "modules.a.authorization.basic { username = \"alice:s3cret\", password = a }",
        "modules.a.authorization.bearer.token = [ s3cret ]",
        "modules.a.headers = \"X-Api-Key: s3cret\"",
        "modules.a.headers = [ s3cret ]",
        "modules.a.headers { \"X-Api-Key: s3cret\" = \"\" }",
        "modules.a.headers { X-Api-Key { s3cret = s3cret } }",
        "modules.a.tls = s3cret",
        "modules.a.tls { key-password = s3cret }",
        "modules.a.proxy = \"http://alice:s3cret@proxy.example:3128\"",
        "modules.a.proxy.url = \"http://alice:s3cret@proxy.example:3128\"",
        "modules.a.proxy.url = \"http://proxy.example/s3cret\"",
        "modules.a.proxy { url = \"http://p.example:1\", username = \"alice:s3cret\", password = a }",
        "modules.a.messages = \"s3cret\"",
        "modules.a.messages = [ \"s3cret\" ]",
        "modules.a.messages = [ [ s3cret ] ]",
        "modules.a.messages = [ { send = [ s3cret ] } ]",
        "modules.a.messages = [ { expect = [ s3cret ] } ]",
        "modules.a.messages = [ { expect = \"(s3cret\" } ]",
        "targets = s3cret",
        "targets.a = \"wss://example.com/s3cret\"",
        "targets.\"wss://example.com/s3cret\" {}",
        "targets.a { \"wss://example.com/s3cret\" = a }",
        "targets.a { url = [ s3cret ] }",
        "targets.a { url = \"s3cret://example.com\" }",
        "targets.a { url = \"wss://example.com\", module = \"wss://example.com/s3cret\" }",
        "web.basic-auth-users = \"alice:s3cret\"",
        "web.basic-auth-users.\"alice:s3cret\" = \"\"",
        "web.basic-auth-users.alice = s3cret",
        "web.basic-auth-users.alice { s3cret = s3cret }",
        "web.tls = s3cret",
      })
  void quotesNoSecretThatStandsInAnotherPlace(String text) throws Exception {
    Path file = write("exporter.conf", "websocket-exporter {\n" + text + "\n}\n");

    assertThatThrownBy(() -> ConfigLoader.parse(file, new Flags()).read())
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageStartingWith(file + ":2: websocket-exporter.")
        .hasMessageNotContaining("s3cret");
  }
}
