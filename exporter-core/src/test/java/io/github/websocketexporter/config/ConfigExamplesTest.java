package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.ContinuousSettings;
import io.github.websocketexporter.module.TargetPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in the folder {@code config} and the blocks of the README, which users begin with. */
class ConfigExamplesTest {
  private static final Path EXAMPLES = Path.of(System.getProperty("basedir", "."), "..", "config");
  private static final Path PEM = Path.of("src/test/resources/pem");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{\\??[A-Z0-9_]+}");

  private static final Pattern HOCON = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);
  private static final Pattern FOLDER = Pattern.compile("/(?:run/secrets|etc/websocket-exporter)/");

  /** The files that the examples name. */
  private static final Map<String, String> NAMED =
      Map.of(
          "token", "key-password",
          "gateway-token", "key-password",
          "authority.pem", "authority.pem",
          "client.pem", "ec.pem",
          "client-key.pem", "ec-key-encrypted.pem",
          "exporter.pem", "rsa.pem",
          "exporter-key.pem", "rsa-key.pem",
          "scrapers-ca.pem", "authority.pem");

  @TempDir Path directory;

  @ParameterizedTest
  @MethodSource("examples")
  void areLoadedAndNotWarnedOf(String name) throws Exception {
    LoadedConfig loaded = load(name, Files.readString(EXAMPLES.resolve(name)));

    assertThat(loaded.config()).isNotEqualTo(ConfigLoader.load(null, new Flags()));
    assertThat(loaded.warnings()).isEmpty();
  }

  @Test
  void ofTheReadmeAreLoadedEachByItself() throws Exception {
    List<String> blocks =
        HOCON
            .matcher(Files.readString(EXAMPLES.resolveSibling("README.md")))
            .results()
            .map(block -> FOLDER.matcher(block.group(1)).replaceAll(""))
            .toList();

    assertThat(blocks).hasSizeGreaterThan(10);
    for (String block : blocks) {
      assertThat(load("readme.conf", block).config())
          .as(block)
          .isNotEqualTo(ConfigLoader.load(null, new Flags()));
    }
  }

  /** Beside the files that it names, and with the variables of the environment set. */
  private LoadedConfig load(String name, String example) throws Exception {
    for (Map.Entry<String, String> file : NAMED.entrySet()) {
      Files.copy(
          PEM.resolve(file.getValue()),
          directory.resolve(file.getKey()),
          StandardCopyOption.REPLACE_EXISTING);
    }
    String password = example.replace("${?CLIENT_KEY_PASSWORD}", "\"correct horse\"");
    Path file =
        Files.writeString(directory.resolve(name), VARIABLE.matcher(password).replaceAll("s3cret"));
    return ConfigLoader.parse(file, new Flags()).read();
  }

  static List<String> examples() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(EXAMPLES, "*.conf")) {
      files.forEach(file -> names.add(file.getFileName().toString()));
    }
    return names;
  }

  @Test
  void turnUpTheLimitsForAHighFanOut() throws Exception {
    ExporterConfig config = load("high-fan-out.conf");

    assertThat(config.web().maxConnections()).isEqualTo(50_000);
    assertThat(config.probe().maxInFlight()).isEqualTo(8_400);
    assertThat(requireNonNull(config.modules().get("websocket_ping")).timeout()).hasSeconds(5);
  }

  @Test
  void holdConnections() throws Exception {
    ExporterConfig config = load("continuous.conf");

    assertThat(config.sessions().leaseMin()).hasMinutes(1);
    assertThat(requireNonNull(config.modules().get("held")).continuous()).isNotNull();
    for (String name : List.of("json_rpc_held", "graphql_held")) {
      ContinuousSettings settings = requireNonNull(config.modules().get(name)).continuous();
      assertThat(requireNonNull(settings).heartbeat()).isNotNull();
    }
  }

  @Test
  void nameAFleetOfTargets() throws Exception {
    ExporterConfig fleet = load("fleet.conf");

    assertThat(fleet.targets()).containsOnlyKeys("gateway", "node1", "node2");
    assertThat(requireNonNull(fleet.targets().get("gateway")).module()).isEqualTo("patient");
    assertThat(requireNonNull(fleet.targets().get("node1")).target().host())
        .isEqualTo("node1.example.com");
  }

  @ParameterizedTest
  @CsvSource({
    "websocket_ping, node1.example.com, 192.0.2.7, true",
    "websocket_ping, node1.example.com, 10.20.0.1, false",
    "websocket_ping, node1.example.com, 127.0.0.1, false",
    "websocket_ping, node1.example.com, ::, false",
    "websocket_ping, node1.example.com, fd00::1, false",
    "websocket_ping, node1.example.com, 169.254.169.254, false",
    "websocket_ping, node1.example.org, 192.0.2.7, false",
    "api, api.example.com, 192.0.2.7, true",
    "api, node1.example.com, 192.0.2.7, false"
  })
  void lockTheExporterDown(String module, String host, String address, boolean permitted)
      throws Exception {
    TargetPolicy policy =
        requireNonNull(load("locked-down.conf").modules().get(module), module).policy();

    assertThat(
            policy.listAgainst(true, host, null, 443) == null
                && policy.listAgainst(InetAddress.getByName(address)) == null)
        .isEqualTo(permitted);
    assertThat(policy.listAgainst(false, host, null, 443)).isNotNull();
    assertThat(policy.listAgainst(true, host, null, 22)).isNotNull();
  }

  private static ExporterConfig load(String name) throws InvalidConfigException {
    return ConfigLoader.load(EXAMPLES.resolve(name), new Flags());
  }
}
