package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of README, as they stand there, one after the other in one shell: only the ports are
 * others. Those that this leaves out are run elsewhere, or need what is not here.
 */
class ReadmeCommandsIT {
  private static final Path ROOT =
      Path.of(System.getProperty("basedir", "."), "..").toAbsolutePath().normalize();
  private static final Pattern BLOCK = Pattern.compile("(?s)```sh\n(.*?)```");

  /** By what is in them. */
  private static final Map<String, String> LEFT_OUT =
      Map.of(
          "mvn verify", "what runs this",
          "kubectl apply", "deploy/e2e/run",
          "exporter.example.com", "MutualTlsIT",
          "websocket-exporter.jsa", "ClassArchiveIT",
          "AOTCacheOutput", "ClassArchiveIT");

  private static final String AWAIT = "until curl -sf localhost:9095/-/ready; do sleep 0.1; done\n";

  /** What a reader has done before: the first command, and a file of his own. */
  private static final String BEFORE =
      """
      set -eu
      trap 'kill $(jobs -p)' EXIT
      cd "$1"
      java -jar exporter-netty/target/websocket-exporter.jar &
      """
          + AWAIT;

  /** "Stop the one of the first section before." */
  private static final String STOP_THE_FIRST = "kill $!; wait $! || true\n";

  @TempDir private Path directory;

  @Test
  void doWhatTheySay() throws Exception {
    assumeTrue(runs("npm", "--version"), "npm is not installed: install npm with apt.");
    Path seen = directory.resolve("seen");
    Process shell =
        new ProcessBuilder("bash", "-c", script(), "bash", ROOT.toString())
            .redirectErrorStream(true)
            .redirectOutput(seen.toFile())
            .start();
    boolean ended = shell.waitFor(2, TimeUnit.MINUTES);
    shell.descendants().forEach(ProcessHandle::destroy);
    shell.destroy();
    String output = Files.readString(seen);

    assertThat(ended).as(output).isTrue();
    assertThat(shell.exitValue()).as(output).isZero();
    assertThat(output)
        .as("the first probe, and the real one")
        .containsPattern("(?s)probe_success 1\\.0.*probe_tls_version_info\\{version=\"TLS 1\\.3\"}")
        .as("the wrong token")
        .contains("probe_failure_info{phase=\"upgrade\",reason=\"upgrade_status\"} 1")
        .contains("probe_websocket_status_code 401.0")
        .as("the terminal")
        .contains("3 sent, 3 received, 0 % lost", "certificate ends in 29 days")
        .as("several pings, and a session")
        .contains("probe_websocket_pings_sent 5.0", "probe_websocket_connects_total 1.0")
        .contains("exporter.conf is valid")
        .contains("Probe of wss://localhost:", "failed in phase upgrade, upgrade_status")
        .contains("module-defaults")
        .doesNotContain("Exception");
  }

  private static String script() throws IOException {
    List<String> blocks = new ArrayList<>();
    for (String block : blocks()) {
      if (LEFT_OUT.keySet().stream().noneMatch(block::contains)) {
        blocks.add(block);
      }
    }
    assertThat(blocks).hasSizeGreaterThan(8);
    StringBuilder script = new StringBuilder(BEFORE);
    for (String block : blocks) {
      if (block.startsWith("JAR=")) {
        script.append(STOP_THE_FIRST);
      }
      script.append(block);
    }
    try (ServerSocket one = new ServerSocket(0);
        ServerSocket other = new ServerSocket(0)) {
      return script
          .toString()
          .replace("java -jar", "java -Xmx96m -jar")
          .replace(
              "websocket-exporter.jar &", "websocket-exporter.jar --web.listen-address=:9095 &")
          .replace("--debug &", "--debug --web.listen-address=:9095 &")
          .replace("9095", String.valueOf(one.getLocalPort()))
          .replace("8443", String.valueOf(other.getLocalPort()));
    }
  }

  private static List<String> blocks() throws IOException {
    return BLOCK
        .matcher(Files.readString(ROOT.resolve("README.md")))
        .results()
        .map(block -> block.group(1))
        .toList();
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
