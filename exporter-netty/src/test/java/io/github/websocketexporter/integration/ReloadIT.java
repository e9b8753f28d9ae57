package io.github.websocketexporter.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar and the signal that reloads its configuration. */
class ReloadIT {
  private static final String SUCCESSFUL = "websocket_exporter_config_last_reload_successful";

  @TempDir private Path directory;

  @Test
  void sighupReloadsAndABadConfigurationChangesNothing() throws Exception {
    Path config = write("modules.old {}");
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current()).withDefaultSignals().start("--config.file=" + config)) {
      assertThat(status(exporter, "old")).isEqualTo(200);

      write("modules.new {}");
      exporter.sighup();
      await().until(() -> status(exporter, "new") == 200);
      assertThat(status(exporter, "old")).isEqualTo(400);

      write("modules.worse {}\nnonsense = 1");
      exporter.sighup();
      await().until(() -> exporter.get("/metrics").sample(SUCCESSFUL) == 0);
      assertThat(status(exporter, "new")).isEqualTo(200);
      assertThat(exporter.stderr())
          .contains(
              "level=info msg=\"configuration reloaded\" from=" + config + " modules=5",
              "level=error msg=\"configuration not reloaded: the one before stays in force\""
                  + " error=\""
                  + config
                  + ":3: websocket-exporter.nonsense: unknown key;");
      assertThat(exporter.isAlive()).isTrue();
    }
  }

  /** A pipe in the place of a token holds the start up for as long as nobody writes into it. */
  @Test
  void aSighupDuringTheStartIsDoneAfterIt() throws Exception {
    Path token = directory.resolve("token");
    assertThat(new ProcessBuilder("mkfifo", token.toString()).start().waitFor()).isZero();
    Path config = write("modules.old.authorization.bearer.token-file = token");
    try (ExporterProcess exporter =
        ExporterProcess.on(Jdk.current())
            .withDefaultSignals()
            .launch("--config.file=" + config, "--web.listen-address=127.0.0.1:0")) {
      try (OutputStream opened = open(token).get(20, TimeUnit.SECONDS)) {
        write("modules.new {}");
        Files.delete(token);
        exporter.sighup();
        opened.write("s3cret".getBytes(UTF_8));
      }

      await().until(() -> exporter.stderr().contains("msg=\"configuration reloaded\""));
      assertThat(status(exporter, "new")).isEqualTo(200);
      assertThat(status(exporter, "old")).isEqualTo(400);
    }
  }

  /** Done when the other end is open, too. */
  private static CompletableFuture<OutputStream> open(Path pipe) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return Files.newOutputStream(pipe);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void aCheckEndsWithItsExitCode() throws Exception {
    ExporterProcess.Launcher launcher = ExporterProcess.on(Jdk.current());
    Path config = write("modules.own {}");
    try (ExporterProcess good = launcher.launch("--config.check", "--config.file=" + config)) {
      assertThat(good.exitCode()).isZero();
      assertThat(good.stdout()).isEqualTo(config + " is valid\n");
      assertThat(good.stderr()).isEmpty();
    }
    write("nonsense = 1");
    try (ExporterProcess bad = launcher.launch("--config.check", "--config.file=" + config)) {
      assertThat(bad.exitCode()).isEqualTo(2);
      assertThat(bad.stdout()).isEmpty();
      assertThat(bad.stderr()).startsWith("websocket-exporter: " + config + ":2: ").hasLineCount(1);
    }
  }

  private Path write(String settings) throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"), "websocket-exporter {\n" + settings + "\n}\n");
  }

  private static int status(ExporterProcess exporter, String module) {
    return exporter.get("/probe?module=" + module + "&target=" + exporter.ownWebSocket()).status();
  }
}
