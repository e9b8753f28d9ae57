package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.TargetPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in the folder {@code config}, which users begin with. */
class ConfigExamplesTest {
  private static final Path EXAMPLES = Path.of(System.getProperty("basedir", "."), "..", "config");
  private static final Pattern NAMES_A_FILE = Pattern.compile("(?m)^[^#\n]*-file = ");

  @ParameterizedTest
  @MethodSource("examples")
  void areLoaded(String name) throws Exception {
    assertThat(load(name)).isNotEqualTo(ConfigLoader.load(null, new Flags()));
  }

  /** Those that name no other files: those that do have tests of their own, which make them. */
  static List<String> examples() throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(EXAMPLES, "*.conf")) {
      for (Path file : files) {
        if (!NAMES_A_FILE.matcher(Files.readString(file)).find()) {
          names.add(file.getFileName().toString());
        }
      }
    }
    return names;
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
            policy.permitsTarget(true, host, null, 443)
                && policy.permitsAddress(InetAddress.getByName(address)))
        .isEqualTo(permitted);
    assertThat(policy.permitsTarget(false, host, null, 443)).isFalse();
    assertThat(policy.permitsTarget(true, host, null, 22)).isFalse();
  }

  private static ExporterConfig load(String name) throws InvalidConfigException {
    return ConfigLoader.load(EXAMPLES.resolve(name), new Flags());
  }
}
