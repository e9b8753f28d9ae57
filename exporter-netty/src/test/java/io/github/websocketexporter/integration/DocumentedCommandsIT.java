package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.testing.Certificates;
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
 * The commands of the documentation, as they stand there, those of one file one after the other in
 * one shell: only ports and targets are others, and the exporter may be reloaded. Those that this
 * leaves out are run elsewhere, or need a cluster.
 */
class DocumentedCommandsIT {
  private static final Path ROOT =
      Path.of(System.getProperty("basedir", "."), "..").toAbsolutePath().normalize();
  private static final Path TESTS = Path.of("exporter-netty/src/test/java/io/github");
  private static final Pattern BLOCK = Pattern.compile("(?s)```sh\n(.*?)```");

  /** By what is in them: what runs them, or the like with other options. */
  private static final Map<String, String> LEFT_OUT =
      Map.ofEntries(
          Map.entry("mvn verify", ".ci/run"),
          Map.entry("benchmarks/fan-out", ".ci/run"),
          Map.entry("deploy/e2e/run", ".ci/run"),
          Map.entry("deploy/dashboard/draw", ".ci/run"),
          Map.entry("docker run", "deploy/image/check"),
          Map.entry("exec deploy/websocket-exporter", "deploy/image/check"),
          Map.entry("grep 'not reloaded'", "ReloadIT"),
          Map.entry("exporter.example.com", "ProtectedExporterIT"),
          Map.entry("websocket-exporter.jsa", "ClassArchiveIT"),
          Map.entry("AOTCacheOutput", "ClassArchiveIT"),
          Map.entry("-remoteWrite.url=…", "ScrapersIT"));

  /** By what is in them: those that would need a cluster, and are not run. */
  private static final List<String> OF_A_CLUSTER = List.of("kubectl apply", "delete -l");

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
  void readmeDoesWhatItSays() throws Exception {
    assumeTrue(runs("npm", "--version"), "npm is not installed: install npm with apt.");

    assertThat(run(readmeScript()))
        .as("the first probe, and the real one")
        .containsPattern("(?s)probe_success 1\\.0.*probe_tls_version_info\\{version=\"TLS 1\\.3\"}")
        .as("the wrong token")
        .contains("probe_failure_info{phase=\"upgrade\",reason=\"upgrade_status\"} 1")
        .contains("probe_websocket_status_code 401.0")
        .as("the terminal")
        .contains("3 sent, 3 received, 0 % lost", "certificate ends in 29 days")
        .as("several pings, and a session")
        .contains("probe_websocket_pings_sent 5.0", "probe_websocket_connects_total 1.0")
        .contains("exporter.conf is valid", "Reloaded.")
        .contains("Probe of wss://localhost:", "failed in phase upgrade, upgrade_status")
        .contains("module-defaults")
        .doesNotContain("Exception");
  }

  private static String readmeScript() throws IOException {
    List<String> blocks = blocks("README.md");
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
              "websocket-exporter.jar &",
              "websocket-exporter.jar --web.listen-address=:9095 --web.enable-lifecycle &")
          .replace("--debug &", "--debug --web.listen-address=:9095 --web.enable-lifecycle &")
          .replace("9095", String.valueOf(one.getLocalPort()))
          .replace("8443", String.valueOf(other.getLocalPort()));
    }
  }

  @Test
  void runbookDoesWhatItSays() throws Exception {
    assumeTrue(
        runs("vmalert", "-version"),
        "vmalert is not installed: install victoria-metrics with apt.");
    assumeTrue(runs("promtool", "--version"), "promtool is not installed: install prometheus.");
    Certificates certificates = Certificates.in(directory);
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.modules.websocket_ping.tls.ca-file = \"%s\"\n"
                .formatted(certificates.authorityPem(directory)));
    List<String> blocks = blocks("deploy/README.md");
    assertThat(blocks).hasSizeGreaterThan(3);
    try (PeerProcess peer =
            PeerProcess.start(PeerProcess.Kind.NODE_WS, certificates.peerOptions());
        ExporterProcess exporter = ExporterProcess.start("--config.file=" + config)) {
      String script =
          ("set -eu\ncd \"$1\"\n" + String.join("", blocks))
              .replace("9095", String.valueOf(exporter.port()))
              .replace("target=T", "target=wss://localhost:" + peer.port());

      assertThat(run(script))
          .as("promtool")
          .contains("SUCCESS: 0 rules found".replace("0 rules", rules() + " rules"))
          .as("the page of a probe, its certificate, and what the scraper gets")
          .contains("Probe of wss://localhost:", "\nprobe_ssl_earliest_cert_expiry ")
          .contains("HTTP/1.1 200 OK", "\nprobe_success 1.0\n")
          .doesNotContain("FAILED");
    }
  }

  private static long rules() throws IOException {
    return Files.readString(ROOT.resolve("deploy/rules/websocket-exporter.yml"))
        .lines()
        .filter(line -> line.matches(" +- (?:alert|record): .*"))
        .count();
  }

  @Test
  void whatIsLeftOutIsRunElsewhere() throws Exception {
    List<String> all = new ArrayList<>();
    for (String document : List.of("README.md", "deploy/README.md", "benchmarks/README.md")) {
      BLOCK
          .matcher(Files.readString(ROOT.resolve(document)))
          .results()
          .forEach(block -> all.add(block.group(1)));
    }
    for (Map.Entry<String, String> each : LEFT_OUT.entrySet()) {
      assertThat(all).anyMatch(block -> block.contains(each.getKey()));
      if (each.getValue().contains("/")) {
        assertThat(ROOT.resolve(each.getValue())).isExecutable();
      } else {
        assertThat(ROOT.resolve(TESTS))
            .isDirectoryRecursivelyContaining("glob:**/" + each.getValue() + ".java");
      }
    }
    assertThat(blocks("benchmarks/README.md")).isEmpty();
  }

  /** Those that are not run elsewhere. */
  private static List<String> blocks(String document) throws IOException {
    return BLOCK
        .matcher(Files.readString(ROOT.resolve(document)))
        .results()
        .map(block -> block.group(1))
        .filter(block -> LEFT_OUT.keySet().stream().noneMatch(block::contains))
        .filter(block -> OF_A_CLUSTER.stream().noneMatch(block::contains))
        .toList();
  }

  /** What is seen of {@code script}, which must end with 0. */
  private String run(String script) throws IOException, InterruptedException {
    Path seen = directory.resolve("seen");
    Process shell =
        new ProcessBuilder("bash", "-c", script, "bash", ROOT.toString())
            .redirectErrorStream(true)
            .redirectOutput(seen.toFile())
            .start();
    boolean ended = shell.waitFor(3, TimeUnit.MINUTES);
    shell.descendants().forEach(ProcessHandle::destroy);
    shell.destroy();
    String output = Files.readString(seen);
    assertThat(ended).as(output).isTrue();
    assertThat(shell.exitValue()).as(output).isZero();
    return output;
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
