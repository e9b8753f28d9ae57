package io.github.websocketexporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import com.google.re2j.Pattern;
import com.typesafe.config.Config;
import io.github.websocketexporter.config.ConfigLoader.Flags;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The text of a configuration, the files that it was in, and what its errors do not repeat. */
class ParsedConfigTest {
  private static final String KEPT =
      ": keeps its ${NAME}, which HOCON replaces outside of quotes only";

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
        .contains(file, directory.resolve("middle.conf"), inner);
    assertThat(config.files()).noneMatch(ReadFile::hasChanged);
    assertThat(config.read().config().dns().minTtl()).isEqualTo(Duration.ofSeconds(3));
    write("inner.conf", "websocket-exporter.dns.min-ttl = 4s");
    assertThat(config.files()).filteredOn(ReadFile::hasChanged).hasSize(1);
  }

  /** There is no trace of such a file in the values. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "empty.conf",
        "overridden.conf",
        "missing.conf",
        "missing.json",
        "sub/missing.conf"
      })
  void seesChangeAlsoWhatItIncludesInVain(String name) throws Exception {
    Files.createDirectory(directory.resolve("sub"));
    write("empty.conf", "");
    write("overridden.conf", "websocket-exporter.warm-up = 1s");
    Path file =
        write(
            "exporter.conf",
            """
            include "empty"
            include "overridden.conf"
            include "missing"
            include file("%s/sub/missing")
            websocket-exporter.warm-up = 0s
            """
                .formatted(directory));
    ParsedConfig config = ConfigLoader.parse(file, new Flags());
    assertThat(config.files()).noneMatch(ReadFile::hasChanged);

    write(name, "{}");

    assertThat(config.files()).filteredOn(ReadFile::hasChanged).hasSize(1);
  }

  /** As on a command line; a process of its own, for the working directory is that of a process. */
  @Test
  void includesFilesAlsoWhereItIsNamedWithoutAFolder() throws Exception {
    write("exporter.conf", "include \"more\"");
    write("more.conf", "include required(\"still/more.conf\")");
    Files.createDirectory(directory.resolve("still"));
    write("still/more.conf", "include \"most.conf\"");
    write("still/most.conf", "\nwebsocket-exporter.warm-up = never");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                Stream.of(ParsedConfigTest.class, ConfigLoader.class, Config.class, Pattern.class)
                    .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
                    .collect(Collectors.joining(File.pathSeparator)),
                LoadExporterConf.class.getName())
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .start();

    assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .startsWith("still/most.conf:2: websocket-exporter.warm-up: expected a duration ");
  }

  static final class LoadExporterConf {
    private LoadExporterConf() {}

    public static void main(String[] none) {
      try {
        ConfigLoader.load(Path.of("exporter.conf"), new Flags());
      } catch (InvalidConfigException e) {
        System.out.println(e.getMessage());
      }
    }
  }

  @Test
  void inheritsAlsoByASubstitution() throws Exception {
    Path file =
        write(
            "exporter.conf",
            """
            websocket-exporter.modules {
              a { timeout = 3s, ping { count = 2, interval = 5ms } }
              b = ${websocket-exporter.modules.a}
              b { timeout = 4s }
              c { ping = ${websocket-exporter.modules.a.ping} }
              c { ping { count = 3 } }
            }
            """);

    assertThat(ConfigLoader.load(file, new Flags()).modules())
        .extractingByKeys("a", "b", "c")
        .extracting(
            module -> module.timeout().toSeconds(),
            module -> module.ping().count(),
            module -> module.ping().interval().toMillis())
        .containsExactly(tuple(3L, 2, 5L), tuple(4L, 2, 5L), tuple(10L, 3, 5L));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "include \"http://alice:s3cret@127.0.0.1:1/\"",
        "include required(url(\"http://alice:s3cret@127.0.0.1:1/\"))",
        "include \"s3cret\\u0000\""
      })
  void quotesNothingThatItCannotInclude(String text) throws Exception {
    Path file = write("exporter.conf", text);

    assertThatThrownBy(() -> ConfigLoader.parse(file, new Flags()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(file + ": cannot read what it includes");
  }

  /** Leaving it out, as one that is not there, might leave out the policy. */
  @Test
  void isRefusedWhereItIncludesWhatIsThereAndCannotBeRead() throws Exception {
    Files.createDirectory(directory.resolve("policy.conf"));
    Path file = write("exporter.conf", "include \"policy.conf\"\nwebsocket-exporter.warm-up = 0s");

    assertThatThrownBy(() -> ConfigLoader.parse(file, new Flags()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(file + ": cannot read what it includes");
  }

  /** As a file is that is just being written. */
  @ParameterizedTest
  @ValueSource(strings = {"", "# websocket-exporter.warm-up = 0s", "{}"})
  void isRefusedWhereItSaysNothing(String text) throws Exception {
    Path file = write("exporter.conf", text);

    assertThatThrownBy(() -> ConfigLoader.parse(file, new Flags()))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(file + ": expected the key websocket-exporter, but found nothing");
  }

  @Test
  void comesThroughAPipe() throws Exception {
    Path pipe = directory.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Thread writer =
        new Thread(
            () -> {
              try {
                Files.writeString(pipe, "websocket-exporter.warm-up = 7s");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    writer.start();

    ExporterConfig config = ConfigLoader.load(pipe, new Flags());

    writer.join();
    assertThat(config.warmUp()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void warnsOfSecretsThatKeepWhatTheEnvironmentShouldReplace() throws Exception {
    Path file =
        write(
            "exporter.conf",
            """
            websocket-exporter {
              modules.a {
                policy.allow.hosts = [a.example]
                headers { X-Key = "s3cret-${KEY}", X-Other = "$2y$10$x", X-Third = "a{b}" }
                authorization.bearer.token = "${?s3cret.TOKEN}"
                messages = [ { expect = "(?P<s3cret>.)" }, { send = "${s3cret}" } ]
              }
              targets.t.url = "ws://a.example/s3cret?token=${TOKEN}"
            }
            """);

    assertThat(ConfigLoader.parse(file, new Flags()).read().warnings())
        .containsExactlyInAnyOrder(
            file + ":4: websocket-exporter.modules.a.headers.X-Key" + KEPT,
            file + ":5: websocket-exporter.modules.a.authorization.bearer.token" + KEPT,
            file + ":8: websocket-exporter.targets.t.url" + KEPT);
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
    Files.writeString(
        Files.createDirectory(directory.resolve("1")).resolve("c"), "websocket-exporter {}");
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

  @Test
  void showsNothingThatIsSecret() throws Exception {
    write("token", "s3cret");
    Path file =
        write(
            "exporter.conf",
            """
            websocket-exporter {
              web.basic-auth-users.scraper = "$2y$04$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaas3cret.."
              modules.a {
                proxy { url = "http://proxy.example:3128", username = s3cret, password = s3cret }
                authorization.basic { username = s3cret, password-file = token }
                headers { X-Key = s3cret }
                messages = [
                  { send = s3cret, expect = s3cret }
                  { send-base64 = s3cretAA, expect-hex = s3cret }
                ]
              }
              targets.b { url = "wss://b.example/s3cret", authorization.bearer.token = s3cret }
            }
            """);

    assertThat(ConfigLoader.parse(file, new Flags()).read().text().toString())
        .contains("proxy.example", "password-file=token", "X-Key=\"***\"")
        .doesNotContain("s3cret");
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
        "modules.a.authorization.header { name = \"X-Api-Key: s3cret\", value = a }",
        "modules.a.subprotocols = [ s3cret, s3cret ]",
        "modules.a.subprotocols = \"s3cret\"",
        "modules.a { subprotocols = [ s3cret ], expect-subprotocol = a }",
        "modules.a.authorization.bearer.token-file = s3cret",
        "modules.a.authorization.bearer.token-file = \"s3cret\\u0000\"",
        "modules.a.tls.ca-file = \"-----BEGIN PRIVATE KEY-----s3cret\"",
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

  @Test
  void saysWhyItCannotReadAFile() throws Exception {
    Files.write(directory.resolve("large"), new byte[(1 << 20) + 1]);
    Files.write(directory.resolve("latin"), "p\u00e4ss".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(errorOfTheFile("none")).endsWith("cannot read the file: no such file");
    assertThat(errorOfTheFile(".")).endsWith("cannot read the file: Is a directory");
    assertThat(errorOfTheFile("large")).endsWith("cannot read the file: larger than 1 MiB");
    assertThat(errorOfTheFile("a\\u0000b"))
        .endsWith("cannot read the file: Nul character not allowed");
    assertThat(errorOfTheFile("latin"))
        .endsWith("expected the name of a file in UTF-8, but it is not");
  }

  private @Nullable String errorOfTheFile(String name) throws Exception {
    Path file =
        write(
            "exporter.conf",
            "websocket-exporter.modules.a.authorization.bearer.token-file = \"" + name + "\"");

    return catchThrowableOfType(
            InvalidConfigException.class, () -> ConfigLoader.parse(file, new Flags()).read())
        .getMessage();
  }
}
