package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.config.ConfigLoader.Flags;
import io.github.websocketexporter.module.TargetPolicy;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files in the folder {@code config}, which users begin with. */
class ConfigExamplesTest {
  private static final Path EXAMPLES = Path.of(System.getProperty("basedir", "."), "..", "config");

  /** Needs files beside it, which {@link TlsReaderTest} has. */
  private static final String WITH_CERTIFICATES = "mutual-tls.conf";

  @ParameterizedTest
  @MethodSource("examples")
  void areLoaded(String name) throws Exception {
    assertThat(load(name)).isNotEqualTo(ConfigLoader.load(null, new Flags()));
  }

  static List<String> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".conf"))
          .filter(name -> !name.equals(WITH_CERTIFICATES))
          .sorted()
          .toList();
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
