package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The runnable jar on every JDK of this machine: how it starts, what it prints, how it ends. */
class RunnableJarIT {
  private static final String NO_NATIVE_TRANSPORT = "-Dio.netty.transport.noNative=true";
  private static final String NO_NATIVE_TLS = "-Dio.netty.handler.ssl.noOpenSsl=true";
  private static final String LOG_LINE = "time=\\S+ level=(info|debug) msg=.+";

  @TempDir private static Path directory;
  private static Certificates certificates;

  @BeforeAll
  static void makeCertificates() throws Exception {
    certificates = Certificates.in(directory);
  }

  static Stream<Arguments> runtimes() throws IOException {
    return Jdk.all().stream()
        .flatMap(
            jdk ->
                Stream.of(
                    arguments(jdk, List.of(), nativeTransport(), nativeTls()),
                    arguments(jdk, List.of(NO_NATIVE_TRANSPORT), "nio", nativeTls()),
                    arguments(jdk, List.of(NO_NATIVE_TLS), nativeTransport(), "JDK"),
                    arguments(jdk, List.of(NO_NATIVE_TRANSPORT, NO_NATIVE_TLS), "nio", "JDK")));
  }

  @ParameterizedTest(name = "{0} {1}: {2}, {3}")
  @MethodSource("runtimes")
  void probesWithAndWithoutTlsAndPrintsNothingButItsLog(
      Jdk jdk, List<String> options, String transport, String tls) throws Exception {
    String[] jvmOptions =
        Stream.concat(options.stream(), Stream.of(certificates.trustOptions()))
            .toArray(String[]::new);
    try (ScriptedServer server =
            ScriptedServer.startTls(certificates.serverContext(), Peer::answerPings);
        ExporterProcess exporter = ExporterProcess.on(jdk, jvmOptions).start("--debug", config())) {
      Answer plain = exporter.probe(exporter.ownWebSocket());
      Answer secure = exporter.probe("wss://localhost:" + server.port() + "/");
      Answer broken = exporter.probe(exporter.ownWebSocket().replace("ws:", "wss:"));

      assertThat(plain.failure()).isEqualTo("none");
      assertThat(plain.sample("probe_success")).isEqualTo(1);
      assertThat(secure.failure()).isEqualTo("none");
      assertThat(secure.sample("probe_success")).isEqualTo(1);
      assertThat(secure.phases()).contains("tls");
      assertThat(broken.failure()).isEqualTo("tls/tls_protocol");

      exporter.sigterm();
      assertThat(exporter.exitCode()).isZero();
      assertThat(exporter.stdout()).isEmpty();
      assertThat(exporter.stderr().lines())
          .allMatch(line -> line.matches(LOG_LINE))
          .anyMatch(
              line ->
                  line.contains("msg=listening")
                      && line.contains(" transport=" + transport)
                      && line.contains(" tls=" + tls));
    }
  }

  @Test
  void anUntrustedCertificateIsToldFromABrokenHandshakeByEitherTls() throws Exception {
    for (String option : List.of(NO_NATIVE_TLS, "-Dunused=true")) {
      try (ScriptedServer server =
              ScriptedServer.startTls(certificates.serverContext(), Peer::answerPings);
          ExporterProcess exporter = ExporterProcess.on(Jdk.current(), option).start("--debug")) {
        assertThat(exporter.probe("wss://localhost:" + server.port() + "/").failure())
            .as(option)
            .isEqualTo("tls/tls_certificate_untrusted");
        await()
            .until(
                () ->
                    exporter
                        .stderr()
                        .contains("unable to find valid certification path to requested target"));
      }
    }
  }

  @Test
  void sigtermAwaitsTheAnswerOfARunningProbeAndExitsWithZero() throws Exception {
    try (ScriptedServer silent = ScriptedServer.start(Peer::ignoreUpgrade);
        ExporterProcess exporter = ExporterProcess.start("--timeout=2s", config())) {
      CompletableFuture<Answer> answer = exporter.probeInBackground(silent.ws("/"));
      silent.awaitRequest();
      assertThat(answer).isNotDone();

      exporter.sigterm();
      await().until(() -> exporter.stderr().contains("msg=draining"));
      assertThat(exporter.exitCode()).isZero();

      assertThat(answer.get(1, TimeUnit.SECONDS).status()).isEqualTo(200);
      assertThat(answer.join().failure()).isEqualTo("upgrade/upgrade_timeout");
      assertThat(exporter.stderr()).endsWith("msg=stopped\n");
    }
  }

  @Test
  void aPortInUseIsOneLineOnStderrAndExitCodeOne() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ExporterProcess exporter =
            ExporterProcess.on(Jdk.current())
                .launch("--web.listen-address=127.0.0.1:" + other.getLocalPort())) {
      assertThat(exporter.exitCode()).isEqualTo(1);
      assertThat(exporter.stdout()).isEmpty();
      assertThat(exporter.stderr().lines())
          .singleElement()
          .asString()
          .startsWith("websocket-exporter: cannot listen on 127.0.0.1:" + other.getLocalPort());
    }
  }

  @Test
  void aTrustStoreThatCannotBeReadIsOneLineOnStderrAndExitCodeOne(@TempDir Path directory)
      throws Exception {
    Path broken = Files.writeString(directory.resolve("trust.p12"), "no trust store");
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current(), "-Djavax.net.ssl.trustStore=" + broken).launch()) {
      assertThat(exporter.exitCode()).isEqualTo(1);
      assertThat(exporter.stdout()).isEmpty();
      assertThat(exporter.stderr().lines())
          .singleElement()
          .asString()
          .startsWith("websocket-exporter: cannot read the trust store of the JVM: ");
    }
  }

  @Test
  void aTrustStoreThatIsMissingIsOneLineOnStderrAndExitCodeOne(@TempDir Path directory) {
    Path missing = directory.resolve("none.p12");
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current(), "-Djavax.net.ssl.trustStore=" + missing).launch()) {
      assertThat(exporter.exitCode()).isEqualTo(1);
      assertThat(exporter.stderr())
          .isEqualTo(
              "websocket-exporter: cannot read the trust store " + missing + ": no such file\n");
    }
  }

  @Test
  void aTrustStoreWithoutItsPasswordIsAWarning() {
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current(), "-Djavax.net.ssl.trustStore=" + certificates.trustStore())
            .start()) {
      assertThat(exporter.stderr()).contains("level=warn", "lacks its password");
      assertThat(exporter.probe(exporter.ownWebSocket()).failure()).isEqualTo("none");
    }
  }

  @Test
  void anUnknownFlagIsBadUsage() {
    try (ExporterProcess exporter = ExporterProcess.on(Jdk.current()).launch("--no-such-flag")) {
      assertThat(exporter.exitCode()).isEqualTo(2);
      assertThat(exporter.stdout()).isEmpty();
      assertThat(exporter.stderr())
          .isEqualTo("websocket-exporter: unknown flag --no-such-flag; try --help\n");
    }
  }

  @Test
  void aBadValueOfAFlagIsBadUsage() {
    try (ExporterProcess exporter = ExporterProcess.on(Jdk.current()).launch("--timeout=soon")) {
      assertThat(exporter.exitCode()).isEqualTo(2);
      assertThat(exporter.stdout()).isEmpty();
      assertThat(exporter.stderr()).startsWith("websocket-exporter: ").contains("--timeout");
    }
  }

  @Test
  void saysItsVersion() {
    try (ExporterProcess exporter = ExporterProcess.on(Jdk.current()).launch("--version")) {
      assertThat(exporter.exitCode()).isZero();
      assertThat(exporter.stdout())
          .matches("websocket-exporter \\d\\S* \\(revision \\S+, Java \\S+\\)\n");
      assertThat(exporter.stderr()).isEmpty();
    }
  }

  @Test
  void listensOnTwoAddresses() {
    try (ExporterProcess exporter =
        ExporterProcess.start(
            "--web.listen-address=127.0.0.1:0", "--web.listen-address=127.0.0.1:0")) {
      List<Integer> ports = exporter.ports();
      assertThat(ports).hasSize(2).doesNotHaveDuplicates();
      String second = "ws://127.0.0.1:" + ports.get(1) + "/-/websocket";
      assertThat(exporter.probe(second).sample("probe_success")).isEqualTo(1);
      assertThat(exporter.probe(exporter.ownWebSocket()).sample("probe_success")).isEqualTo(1);
    }
  }

  /** Ends without a delay, and wants no more files than any machine has. */
  private static String config() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter { web { shutdown-delay = 0s, max-connections = 50 },"
                + " probe.max-in-flight = 50 }\n");
    return "--config.file=" + file;
  }

  /** Netty's natives of the jar: Linux, on two architectures. */
  private static boolean hasNatives() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
        && List.of("amd64", "aarch64").contains(System.getProperty("os.arch"));
  }

  private static String nativeTransport() {
    return hasNatives() ? "epoll" : "nio";
  }

  private static String nativeTls() {
    return hasNatives() ? "BoringSSL" : "JDK";
  }
}
