package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import at.favre.lib.crypto.bcrypt.BCrypt;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import io.netty.handler.ssl.OpenSsl;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPairGenerator;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** How another configuration is put in force, and how the one that is stays so. */
@Timeout(60)
class ReloadTest {
  private static final String SUCCESSFUL = "websocket_exporter_config_last_reload_successful";
  private static final String SUCCESS_TIME =
      "websocket_exporter_config_last_reload_success_timestamp_seconds";

  @TempDir private Path directory;

  /** Each line of the log: its level, message and key-value pairs. */
  private final Queue<String> logged = new ConcurrentLinkedQueue<>();

  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          logged.add(
              event.getLevel()
                  + " "
                  + event.getFormattedMessage()
                  + " "
                  + (event.getKeyValuePairs() == null ? "" : event.getKeyValuePairs()));
        }
      };

  @BeforeEach
  void listen() {
    appender.start();
    Logger logger = (Logger) LoggerFactory.getLogger(ConfigReloader.class);
    logger.setLevel(Level.INFO);
    logger.addAppender(appender);
  }

  @AfterEach
  void quiet() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).reset();
  }

  private Path config(String settings) throws IOException {
    return write("exporter.conf", "websocket-exporter {\n" + settings + "\n}\n");
  }

  /** As an editor that is careful does: never half a file. */
  private Path write(String name, String text) throws IOException {
    Path half = Files.writeString(directory.resolve(name + ".new"), text);
    return Files.move(half, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private static Optional<String> reload(RunningExporter exporter) throws Exception {
    return exporter.config().reload().get(20, TimeUnit.SECONDS);
  }

  private static String post(RunningExporter exporter) throws IOException {
    try (RawClient client = exporter.connect()) {
      RawClient.Answer answer =
          client.send(RawClient.request("POST", "/-/reload", "Content-Length: 0")).read();
      return answer.status() + " " + answer.body();
    }
  }

  private static boolean hasModule(RunningExporter exporter, String name) throws IOException {
    return exporter.get("/probe?module=" + name + "&target=" + exporter.ownWebSocket()).status()
        == 200;
  }

  @Test
  void putsWhatChangedInForce() throws Exception {
    Path file = config("modules.old {}");
    try (RunningExporter exporter = RunningExporter.of(file)) {
      double before = exporter.metric(SUCCESS_TIME);
      config("modules.new {}, probe.default-module = new");

      assertThat(reload(exporter)).isEmpty();

      assertThat(hasModule(exporter, "new")).isTrue();
      assertThat(hasModule(exporter, "old")).isFalse();
      exporter.get("/probe?target=" + exporter.ownWebSocket());
      assertThat(exporter.metric("websocket_exporter_probes_total{module=\"new\"}")).isEqualTo(2);
      assertThat(exporter.metric(SUCCESSFUL)).isEqualTo(1);
      assertThat(exporter.metric(SUCCESS_TIME)).isGreaterThan(before);
      assertThat(logged)
          .containsExactly(
              "INFO configuration reloaded [from=\"%s\", modules=\"5\"]".formatted(file));
    }
  }

  @Test
  void leavesAllAsItIsWhereTheNewOneIsNotValid() throws Exception {
    Path file = config("modules.old {}");
    try (RunningExporter exporter = RunningExporter.of(file)) {
      double before = exporter.metric(SUCCESS_TIME);
      String why =
          file
              + ":3: websocket-exporter.probe.timeout: expected a duration from 1ms to 1h such as"
              + " 500ms, 10s or 1m, but found 5";
      config("modules { new {} }\nprobe.timeout = 5");

      assertThat(reload(exporter)).hasValue(why);

      assertThat(hasModule(exporter, "old")).isTrue();
      assertThat(hasModule(exporter, "new")).isFalse();
      assertThat(exporter.metric(SUCCESSFUL)).isZero();
      assertThat(exporter.metric(SUCCESS_TIME)).isEqualTo(before);
      assertThat(logged)
          .containsExactly(
              "ERROR configuration not reloaded: the one before stays in force [error=\"%s\"]"
                  .formatted(why));

      config("modules.new {}");

      assertThat(reload(exporter)).isEmpty();
      assertThat(hasModule(exporter, "new")).isTrue();
      assertThat(exporter.metric(SUCCESSFUL)).isEqualTo(1);
    }
  }

  /** What is valid may be too much for BoringSSL yet: the exponent of a key, such as this one. */
  @Test
  void leavesAllAsItIsWhereTlsCannotDoWhatTheNewOneAsksFor() throws Exception {
    assumeTrue(OpenSsl.isAvailable(), "there is no BoringSSL for this machine");
    KeyPairGenerator keys = KeyPairGenerator.getInstance("RSA");
    BigInteger exponent = BigInteger.ONE.shiftLeft(64).add(BigInteger.valueOf(13));
    keys.initialize(new RSAKeyGenParameterSpec(2_048, exponent));
    X509Bundle identity =
        new CertificateBuilder()
            .subject("CN=localhost")
            .rsa2048()
            .keyPair(keys.generateKeyPair())
            .buildIssuedBy(Certificates.in(directory).authority());
    write("chain.pem", identity.getCertificatePathPEM());
    write("key.pem", identity.getPrivateKeyPEM());
    try (RunningExporter exporter = RunningExporter.of(config("modules.old {}"))) {
      config("modules.new {}, web.tls { cert-file = chain.pem, key-file = key.pem }");

      assertThat(reload(exporter))
          .hasValueSatisfying(
              why -> assertThat(why).startsWith("cannot speak TLS as web.tls says: "));

      assertThat(hasModule(exporter, "old")).isTrue();
      assertThat(hasModule(exporter, "new")).isFalse();
      assertThat(exporter.metric(SUCCESSFUL)).isZero();
    }
  }

  @Test
  void namesWhatNeedsARestartAndLeavesItOut() throws Exception {
    try (RunningExporter exporter = RunningExporter.of(config("web.idle-timeout = 1m"))) {
      config("web.idle-timeout = 2m, dns.min-ttl = 1s, modules.new {}");

      assertThat(reload(exporter)).isEmpty();

      assertThat(hasModule(exporter, "new")).isTrue();
      assertThat(exporter.get("/config").body())
          .contains("idle-timeout=\"1m\"", "min-ttl=\"0s\"", "new {}");
      assertThat(logged)
          .contains(
              "WARN changes that need a restart were left out"
                  + " [keys=\"dns.min-ttl,web.idle-timeout\"]");
    }
  }

  @Test
  void flagsGoOnWinning() throws Exception {
    try (RunningExporter exporter =
        RunningExporter.of(config("probe.timeout = 1s"), "probe.timeout=2s")) {
      config("probe.timeout = 3s");

      assertThat(reload(exporter)).isEmpty();

      assertThat(exporter.get("/probe?target=" + exporter.ownWebSocket()).body())
          .contains("probe_timeout_seconds 2.0");
    }
  }

  @Test
  void aRequestReloadsWhereThatIsEnabled() throws Exception {
    Path file = config("modules.old {}");
    try (RunningExporter exporter = RunningExporter.of(file, "web.enable-lifecycle=true")) {
      config("modules.new {}");
      assertThat(post(exporter)).isEqualTo("200 Reloaded.\n");
      assertThat(hasModule(exporter, "new")).isTrue();

      config("nonsense = 1");
      assertThat(post(exporter))
          .startsWith("500 " + file + ":2: websocket-exporter.nonsense: unknown key;");
      assertThat(hasModule(exporter, "new")).isTrue();

      RawClient.Answer get = exporter.get("/-/reload");
      assertThat(get.status()).isEqualTo(405);
      assertThat(get.header("allow")).isEqualTo("POST");
    }
  }

  @Test
  void noRequestReloadsOtherwise() throws Exception {
    try (RunningExporter exporter = RunningExporter.of(config("modules.old {}"))) {
      config("modules.new {}");

      assertThat(post(exporter))
          .isEqualTo(
              "403 Reloading over HTTP is not enabled: start with --web.enable-lifecycle.\n");
      assertThat(hasModule(exporter, "new")).isFalse();
    }
  }

  @Test
  void theFileAndWhatItIncludesAreWatchedWhereThatIsAskedFor() throws Exception {
    write("inner.conf", "one {}");
    Path file = config("config.auto-reload-interval = 20ms\nmodules { include \"inner.conf\" }");
    try (RunningExporter exporter = RunningExporter.of(file)) {
      write("inner.conf", "two {}");
      await().until(() -> hasModule(exporter, "two"));

      config("config.auto-reload-interval = 20ms\nnonsense = 1");
      await().until(() -> exporter.metric(SUCCESSFUL) == 0);
      assertThat(hasModule(exporter, "two")).isTrue();

      config("config.auto-reload-interval = 20ms\nmodules.three {}");
      await().until(() -> hasModule(exporter, "three"));
      assertThat(exporter.metric(SUCCESSFUL)).isEqualTo(1);
      assertThat(logged).filteredOn(line -> line.startsWith("ERROR")).hasSize(1);
    }
  }

  /** Each look waits at a pipe, until this opens its other end. */
  @Test
  void whatOnlyOneLookSawIsNotPutInForce() throws Exception {
    Path pipe = directory.resolve("pipe.conf");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    Path file = config("");
    try (RunningExporter exporter = RunningExporter.of(file, "config.auto-reload-interval=20ms")) {
      config("modules.half {}, warm-up { include \"pipe.conf\" }, warm-up = 1s");
      openForLook(pipe).close();
      OutputStream second = openForLook(pipe);
      config("modules.whole {}");
      second.close();

      await().until(() -> hasModule(exporter, "whole"));
      assertThat(logged).filteredOn(line -> line.contains("configuration reloaded")).hasSize(1);
    }
  }

  /** Ends when a look reads the pipe, and fails if none does. */
  private static OutputStream openForLook(Path pipe) throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return Files.newOutputStream(pipe);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            })
        .get(20, TimeUnit.SECONDS);
  }

  @Test
  void noLookEndsTheWatch() throws Exception {
    Path file = config("config.auto-reload-interval = 20ms");
    try (RunningExporter exporter = RunningExporter.of(file)) {
      config("modules.half {}");
      await().until(() -> hasModule(exporter, "half"));

      config("modules.whole {}");

      await().until(() -> hasModule(exporter, "whole"));
    }
  }

  @Test
  void aReloadThatIsAskedForBeginsAndEndsTheWatch() throws Exception {
    write("token", "first\n");
    String token = "modules.api { authorization.bearer.token-file = token }\n";
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings);
        RunningExporter exporter = RunningExporter.of(config(token))) {
      config(token + "config.auto-reload-interval = 1ms");
      assertThat(reload(exporter)).isEmpty();
      config(token + "config.auto-reload-interval = 1ms\nmodules.followed {}");
      await().until(() -> hasModule(exporter, "followed"));

      config(token);
      assertThat(reload(exporter)).isEmpty();
      config(token + "modules.late {}");

      for (String next : List.of("second", "third", "fourth")) {
        write("token", next + "\n");
        await().until(() -> authorization(exporter, server).equals("Bearer " + next));
      }
      assertThat(hasModule(exporter, "late")).isFalse();
    }
  }

  /** As Kubernetes does: all files of a ConfigMap at once, by a link to their folder. */
  @Test
  void aConfigMapIsFollowed() throws Exception {
    String interval = "websocket-exporter.config.auto-reload-interval = 20ms\n";
    Path data = directory.resolve("..data");
    for (String version : new String[] {"1", "2"}) {
      Files.writeString(
          Files.createDirectory(directory.resolve("..v" + version)).resolve("exporter.conf"),
          interval + "websocket-exporter.modules.v" + version + " {}\n");
    }
    Files.createSymbolicLink(data, Path.of("..v1"));
    Path file =
        Files.createSymbolicLink(
            directory.resolve("exporter.conf"), Path.of("..data/exporter.conf"));
    try (RunningExporter exporter = RunningExporter.of(file)) {
      assertThat(hasModule(exporter, "v1")).isTrue();

      Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of("..v2"));
      Files.move(directory.resolve("..data_tmp"), data, StandardCopyOption.ATOMIC_MOVE);
      Files.delete(directory.resolve("..v1/exporter.conf"));

      await().until(() -> hasModule(exporter, "v2"));
      assertThat(hasModule(exporter, "v1")).isFalse();
    }
  }

  @Test
  void aTokenThatIsReplacedGoesOutAlsoWhereNothingIsWatched() throws Exception {
    write("token", "first\n");
    Path file = config("modules.api { authorization.bearer.token-file = token }");
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings);
        RunningExporter exporter = RunningExporter.of(file)) {
      assertThat(authorization(exporter, server)).isEqualTo("Bearer first");
      // What is not asked for is not read: the text stays as it was.
      config("modules.other {}");
      write("token", "second\n");

      await().until(() -> authorization(exporter, server).equals("Bearer second"));

      assertThat(hasModule(exporter, "other")).isFalse();
      Files.delete(directory.resolve("token"));
      await().until(() -> exporter.metric(SUCCESSFUL) == 0);
      assertThat(authorization(exporter, server)).isEqualTo("Bearer second");
      write("token", "third\n");
      await().until(() -> authorization(exporter, server).equals("Bearer third"));
      assertThat(exporter.metric(SUCCESSFUL)).isEqualTo(1);
      assertThat(logged)
          .noneMatch(line -> line.contains("first") || line.contains("second"))
          .filteredOn(line -> line.startsWith("ERROR"))
          .hasSize(1);
    }
  }

  @Test
  void aNewTextMakesGoodWhatItsFilesDidNot() throws Exception {
    write("token", "first\n");
    Path file = config("modules.api { authorization.bearer.token-file = token }");
    try (RunningExporter exporter = RunningExporter.of(file)) {
      Files.delete(directory.resolve("token"));
      await().until(() -> exporter.metric(SUCCESSFUL) == 0);
      config("modules.other {}");

      assertThat(reload(exporter)).isEmpty();

      assertThat(exporter.metric(SUCCESSFUL)).isEqualTo(1);
      assertThat(logged).noneMatch(line -> line.contains("files of the configuration read"));
    }
  }

  @Test
  void warningsAreLoggedAtTheStartAndAtEachReload() throws Exception {
    Path file = config("modules.api { authorization.bearer.token = s3cret }");
    try (RunningExporter exporter = RunningExporter.of(file)) {
      assertThat(logged).singleElement().asString().startsWith("WARN " + file + ":2: ");

      assertThat(reload(exporter)).isEmpty();

      assertThat(logged).filteredOn(line -> line.startsWith("WARN")).hasSize(2);
      assertThat(Set.copyOf(logged)).hasSize(2);
    }
  }

  /** As one that is not required is, with all that it denies. */
  @Test
  void aFileThatIsRequiredIsNotLeftOutWhenItIsGone() throws Exception {
    Path policy = write("policy.conf", "websocket-exporter.policy.deny.hosts = [\"*.example\"]");
    String include = "include required(file(\"%s\"))\n".formatted(policy);
    Path file = write("exporter.conf", include + "websocket-exporter.modules.old {}");
    try (RunningExporter exporter = RunningExporter.of(file)) {
      Files.delete(policy);
      write("exporter.conf", include + "websocket-exporter.modules.new {}");

      assertThat(reload(exporter)).isPresent();

      assertThat(hasModule(exporter, "old")).isTrue();
      assertThat(exporter.get("/probe?target=ws://a.example/").body())
          .contains("reason=\"target_denied\"");
    }
  }

  /** A file of more than fits into an array: it is not read at all. */
  @Test
  void aFileThatGrowsIsRefusedAndFollowedAgainAfterwards() throws Exception {
    write("token", "first\n");
    Path file = config("modules.api { authorization.bearer.token-file = token }");
    try (ScriptedServer server = ScriptedServer.start(Peer::answerPings);
        RunningExporter exporter = RunningExporter.of(file)) {
      try (RandomAccessFile token =
          new RandomAccessFile(directory.resolve("token").toFile(), "rw")) {
        token.setLength(3L << 30);
      }
      await().until(() -> exporter.metric(SUCCESSFUL) == 0);
      assertThat(authorization(exporter, server)).isEqualTo("Bearer first");

      write("token", "second\n");

      await().until(() -> authorization(exporter, server).equals("Bearer second"));
      assertThat(exporter.metric(SUCCESSFUL)).isEqualTo(1);
      assertThat(logged)
          .anyMatch(line -> line.contains("token-file: cannot read the file: larger than 1 MiB"));
    }
  }

  /** Linux answers each reading of this file with another text. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void whatChangesWhileItIsReadIsNotPutInForce() throws Exception {
    try (RunningExporter exporter = RunningExporter.of(config("modules.old {}"))) {
      config("modules.new { authorization.bearer.token-file = /proc/sys/kernel/random/uuid }");

      assertThat(reload(exporter))
          .hasValue("the files of the configuration change while they are read");

      assertThat(hasModule(exporter, "old")).isTrue();
      assertThat(hasModule(exporter, "new")).isFalse();
      assertThat(exporter.metric(SUCCESSFUL)).isZero();
      config("modules.new {}");
      assertThat(reload(exporter)).isEmpty();
    }
  }

  /** This one counts how much the process has read. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void noTextThatChangesWhileItIsReadIsPutInForce() throws Exception {
    Files.createSymbolicLink(directory.resolve("inner.conf"), Path.of("/proc/self/io"));
    try (RunningExporter exporter = RunningExporter.of(config("modules.old {}"))) {
      config(
          """
          modules.new {}
          log { include "inner.conf" }, log = null, log { level = info, format = logfmt }""");

      assertThat(reload(exporter))
          .hasValue("the files of the configuration change while they are read");

      assertThat(hasModule(exporter, "new")).isFalse();
      write("inner.conf", "");
      assertThat(reload(exporter)).isEmpty();
      assertThat(hasModule(exporter, "new")).isTrue();
    }
  }

  private static String authorization(RunningExporter exporter, ScriptedServer server)
      throws Exception {
    exporter.get("/probe?module=api&target=" + server.ws("/"));
    return server.awaitRequest().value("authorization");
  }

  @Test
  void anAuthorityThatIsReplacedIsTrustedFromThenOn() throws Exception {
    Certificates own = Certificates.in(Files.createDirectory(directory.resolve("own")));
    Certificates other = Certificates.in(Files.createDirectory(directory.resolve("other")));
    write("ca.pem", other.authority().getCertificatePEM());
    Path file = config("modules.own { tls { ca-file = ca.pem, server-name = localhost } }");
    try (ScriptedServer server = ScriptedServer.startTls(own.serverContext(), Peer::answerPings);
        RunningExporter exporter = RunningExporter.of(file)) {
      String probe = "/probe?module=own&target=wss://127.0.0.1:" + server.port() + "/";
      assertThat(exporter.get(probe).body()).contains("reason=\"tls_certificate_untrusted\"");

      write("ca.pem", own.authority().getCertificatePEM());

      await().until(() -> exporter.get(probe).body().contains("probe_success 1.0\n"));
      write("ca.pem", "nonsense");
      await().until(() -> exporter.metric(SUCCESSFUL) == 0);
      assertThat(exporter.get(probe).body()).contains("probe_success 1.0\n");
    }
  }

  @Test
  void whoIsLetInFollows() throws Exception {
    try (RunningExporter exporter = RunningExporter.of(config(""))) {
      assertThat(exporter.get("/").status()).isEqualTo(200);
      String hash = BCrypt.withDefaults().hashToString(4, "secret".toCharArray());
      config("web.basic-auth-users { a = \"%s\" }".formatted(hash));

      assertThat(reload(exporter)).isEmpty();

      assertThat(exporter.get("/").status()).isEqualTo(401);
      config("");
      assertThat(reload(exporter)).isEmpty();
      assertThat(exporter.get("/").status()).isEqualTo(200);
      assertThat(logged).noneMatch(line -> line.startsWith("WARN"));
    }
  }

  @Test
  void whoeverAsksWhileAnotherWaitsWaitsWithIt() throws Exception {
    try (RunningExporter exporter = RunningExporter.of(config(""))) {
      Set<CompletableFuture<Optional<String>>> reloads = new HashSet<>();
      for (int i = 0; i < 1_000; i++) {
        reloads.add(exporter.config().reload());
      }

      for (CompletableFuture<Optional<String>> reload : reloads) {
        assertThat(reload.get(20, TimeUnit.SECONDS)).isEmpty();
      }
      assertThat(reloads).hasSizeLessThan(1_000);
      await().until(() -> logged.size() == reloads.size());
    }
  }

  @Test
  void theLogFollows() throws Exception {
    try (RunningExporter exporter = RunningExporter.of(config("log.level = info"))) {
      config("log.level = error");

      assertThat(reload(exporter)).isEmpty();

      assertThat(LoggerFactory.getLogger("io.github.websocketexporter.Any").isWarnEnabled())
          .isFalse();
    }
  }

  /** What is never started waits for it, and holds up whoever asks next. */
  @Test
  void whatIsAskedForBeforeTheEndIsAnsweredThen() throws Exception {
    ConfigSource source = new ConfigSource(null, new ConfigLoader.Flags());
    BuildInfo build = new BuildInfo("1.2.3", "abcdef");
    ConfigReloader config = new ConfigReloader(source, source.load(), new ExporterMetrics(build));
    CompletableFuture<Optional<String>> runs = config.reload();
    CompletableFuture<Optional<String>> waits = runs;
    while (waits == runs) {
      waits = config.reload();
    }

    config.close();

    assertThat(runs.get(20, TimeUnit.SECONDS)).hasValue("The exporter stops.");
    assertThat(waits.get(20, TimeUnit.SECONDS)).hasValue("The exporter stops.");
  }

  @Test
  void whatIsAskedForAfterTheEndIsNotDone() throws Exception {
    RunningExporter exporter = RunningExporter.of(config(""));
    exporter.close();

    assertThat(reload(exporter)).hasValue("The exporter stops.");
  }
}
