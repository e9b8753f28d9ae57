package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The archives that make the start faster, made and used as the README says. Each is used with the
 * option that has the JVM refuse to start without it: an answer shows that it is in use.
 */
class ClassArchiveIT {
  private static final int FIRST_WITH_ONE_STEP_AOT_CACHE = 25;

  @TempDir private Path directory;

  static Stream<Jdk> runtimes() throws IOException {
    return Jdk.all().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("runtimes")
  void aRunUntilReadyLeavesAnArchiveOfItsClasses(Jdk jdk) throws Exception {
    Path archive = directory.resolve("websocket-exporter.jsa");
    train(jdk, "-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off");
    assumeTrue(Files.exists(archive), "this JVM wrote no archive of its classes");

    startsAndProbes(jdk, "-XX:SharedArchiveFile=" + archive, "-Xshare:on");
  }

  static Stream<Jdk> runtimesWithOneStepAotCache() throws IOException {
    return runtimes().filter(jdk -> jdk.major() >= FIRST_WITH_ONE_STEP_AOT_CACHE);
  }

  @ParameterizedTest(name = "{0}", allowZeroInvocations = true)
  @MethodSource("runtimesWithOneStepAotCache")
  void aRunUntilReadyLeavesAnAotCache(Jdk jdk) throws Exception {
    Path cache = directory.resolve("websocket-exporter.aot");
    train(jdk, "-XX:AOTCacheOutput=" + cache, "-Xlog:aot=off");
    assumeTrue(Files.exists(cache), "this JVM wrote no AOT cache");

    startsAndProbes(jdk, "-XX:AOTCache=" + cache, "-XX:AOTMode=on");
  }

  /** SIGINT ends it without the delay that is there for scrapers. */
  private static void train(Jdk jdk, String... jvmOptions) {
    try (ExporterProcess exporter =
        ExporterProcess.on(jdk, jvmOptions).withDefaultSignals().start()) {
      await().atMost(Duration.ofSeconds(30)).until(() -> exporter.get("/-/ready").status() == 200);
      exporter.sigint();
      assertThat(exporter.exitCode()).isZero();
    }
  }

  private static void startsAndProbes(Jdk jdk, String... jvmOptions) {
    try (ExporterProcess exporter = ExporterProcess.on(jdk, jvmOptions).start()) {
      Answer answer = exporter.probe(exporter.ownWebSocket());
      assertThat(answer.failure()).isEqualTo("none");
      assertThat(answer.sample("probe_success")).isEqualTo(1);
      assertThat(exporter.stdout()).isEmpty();
      try (ExporterProcess probe =
          ExporterProcess.on(jdk, jvmOptions).launch("probe", exporter.ownWebSocket())) {
        assertThat(probe.exitCode()).as(probe.stdout() + probe.stderr()).isZero();
        assertThat(probe.stdout()).startsWith("PROBE ").contains("\nSuccess in ");
      }
    }
  }
}
