package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.http.LiveConfig;
import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.testing.Certificates;
import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a probe needs is there however close to another configuration's coming it begins. */
@Timeout(60)
class HandoverTest {
  private static final Set<Thread.State> STANDS =
      Set.of(Thread.State.WAITING, Thread.State.TERMINATED);

  @TempDir private Path directory;

  /** Run once, when the event loop has taken what is in force. */
  private volatile Runnable whenTaken = () -> {};

  private volatile LoadedConfig current;
  private LoadedConfig next;
  private ScriptedServer server;
  private Exporter exporter;
  private int port;

  @BeforeEach
  void start() throws Exception {
    Certificates certificates = Certificates.in(directory);
    Files.writeString(directory.resolve("ca.pem"), certificates.authority().getCertificatePEM());
    server = ScriptedServer.startTls(certificates.serverContext(), Peer::answerPings);
    current = config("old", "min-version = \"TLS 1.2\"");
    next = config("new", "min-version = \"TLS 1.3\"");
    BuildInfo build = new BuildInfo("1.2.3", "abcdef");
    exporter = new Exporter(live(), build, new ExporterMetrics(build));
    port = exporter.start().get(0).getPort();
    exporter.prepare();
  }

  @AfterEach
  void stop() {
    exporter.close();
    server.close();
  }

  private LoadedConfig config(String module, String tls) throws Exception {
    Path file =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.modules.%s.tls { ca-file = ca.pem, %s }".formatted(module, tls));
    ConfigLoader.Flags flags =
        new ConfigLoader.Flags().set("test", "web.listen-addresses", List.of("127.0.0.1:0"));
    return ConfigLoader.parse(file, flags).read();
  }

  private LiveConfig live() {
    return new LiveConfig() {
      @Override
      public LoadedConfig current() {
        LoadedConfig taken = current;
        Runnable then = whenTaken;
        whenTaken = () -> {};
        then.run();
        return taken;
      }

      @Override
      public CompletionStage<Optional<String>> reload() {
        return CompletableFuture.completedFuture(Optional.empty());
      }
    };
  }

  private String probe(String module) throws Exception {
    try (RawClient client = new RawClient(port)) {
      String target = "wss://127.0.0.1:" + server.port() + "/";
      return client.sendGet("/probe?module=" + module + "&target=" + target).read().body();
    }
  }

  @Test
  void probesGoOnByTheOldOneUntilTheNewOneIsInForce() throws Exception {
    Runnable inForce = exporter.prepareFor(next.config());

    assertThat(probe("old")).contains("probe_success 1.0");
    current = next;
    inForce.run();
    assertThat(probe("new")).contains("probe_success 1.0");
  }

  @Test
  void aProbeThatHasTakenTheOldOneIsNotLeftWithoutItsTls() throws Exception {
    Thread reloading = new Thread(exporter.prepareFor(next.config()));
    whenTaken =
        () -> {
          current = next;
          reloading.start();
          await().until(() -> STANDS.contains(reloading.getState()));
        };

    assertThat(probe("old")).contains("probe_success 1.0");
    reloading.join(20_000);
    assertThat(probe("new")).contains("probe_success 1.0");
  }
}
