package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.DnsServer;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How the exporter looks up names, as the block {@code dns} says. */
class ExporterDnsTest {
  private static final String NAME = "node.example.test";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"'min-ttl = 0s', 2", "'min-ttl = 1h, max-ttl = 1h', 1"})
  void keepsAnAnswerForAtLeastMinTtl(String settings, int queries) throws Exception {
    try (DnsServer names = new DnsServer()) {
      names.has(NAME, 0, "127.0.0.1");

      assertThat(successes(2, settings, names)).isEqualTo(2);
      assertThat(names.queries()).filteredOn(query -> query.startsWith("A ")).hasSize(queries);
    }
  }

  /** With the bound of the defaults, nobody would wait for it. */
  @Test
  void keepsAnAnswerForAtMostMaxTtl() throws Exception {
    try (DnsServer names = new DnsServer();
        RunningExporter exporter = RunningExporter.of(config("max-ttl = 1s", names))) {
      names.has(NAME, 3_600, "127.0.0.1");

      await()
          .until(
              () -> {
                exporter.get("/probe?target=ws://" + NAME + ":1/");
                return names.queries().size() > 1;
              });
      assertThat(names.queries()).containsExactly("A " + NAME, "A " + NAME);
    }
  }

  @ParameterizedTest
  @CsvSource({"0s, 2", "1h, 1"})
  void remembersThatANameDoesNotExist(String negativeTtl, int queries) throws Exception {
    try (DnsServer names = new DnsServer()) {
      assertThat(successes(2, "negative-ttl = " + negativeTtl, names)).isZero();
      assertThat(names.queries()).filteredOn(query -> query.startsWith("A ")).hasSize(queries);
    }
  }

  /** With the timeout of the defaults, the probe would be over before that. */
  @Test
  void asksTheNextServerAfterTheTimeout() throws Exception {
    try (DnsServer silent = new DnsServer();
        DnsServer names = new DnsServer()) {
      silent.isSilentAbout(NAME);
      names.has(NAME, 60, "127.0.0.1");

      assertThat(successes(1, "timeout = 50ms", silent, names)).isOne();
      assertThat(silent.queries()).isNotEmpty();
    }
  }

  /** How many of so many probes succeed, one after another. */
  private int successes(int probes, String settings, DnsServer... servers) throws Exception {
    int successes = 0;
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings);
        RunningExporter exporter = RunningExporter.of(config(settings, servers))) {
      String path = "/probe?target=ws://" + NAME + ":" + server.port() + "/";
      for (int i = 0; i < probes; i++) {
        successes += (int) RunningExporter.value(exporter.get(path).body(), "probe_success");
      }
    }
    return successes;
  }

  private Path config(String settings, DnsServer... servers) throws IOException {
    String addresses =
        Arrays.stream(servers)
            .map(server -> '"' + NetUtil.toSocketAddressString(server.address()) + '"')
            .collect(Collectors.joining(", "));
    return Files.writeString(
        directory.resolve("exporter.conf"),
        """
        websocket-exporter {
          dns { servers = [%s], %s }
          modules.websocket_ping { timeout = 1800ms, ip-protocol-fallback = false }
        }
        """
            .formatted(addresses, settings));
  }
}
