package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.testing.Peer;
import io.github.websocketexporter.testing.ScriptedServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each probe is of one configuration, however often another one is put in force. */
@Timeout(120)
class SnapshotTest {
  private static final int RELOADS = 1_000;
  private static final int SCRAPERS = 2;

  @TempDir private Path directory;

  private final Queue<String> seen = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean over = new AtomicBoolean();

  /** Three values in three blocks, one of them from a file, which belong together. */
  private void write(int number) throws IOException {
    Files.writeString(
        directory.resolve("exporter.conf"),
        """
        websocket-exporter {
          probe.default-module = m%1$d
          modules {
            m%1$d {
              user-agent = v%1$d
              headers { X-Version = v%1$d }
              authorization.bearer.token-file = token-%1$d
            }
          }
          probe.timeout = %2$s
        }
        """
            .formatted(number % 2, number % 4 < 2 ? "10s" : "broken"));
  }

  @Test
  void aThousandReloadsHalfOfThemBrokenMixNothing() throws Exception {
    Files.writeString(directory.resolve("token-0"), "v0");
    Files.writeString(directory.resolve("token-1"), "v1");
    write(0);
    try (ScriptedServer server = ScriptedServer.start(this::note);
        RunningExporter exporter = RunningExporter.of(directory.resolve("exporter.conf"))) {
      List<CompletableFuture<Integer>> scrapers = new ArrayList<>();
      for (int i = 0; i < SCRAPERS; i++) {
        scrapers.add(CompletableFuture.supplyAsync(() -> scrape(exporter, server)));
      }
      int broken = 0;
      for (int i = 1; i <= RELOADS; i++) {
        write(i);
        Optional<String> failure = exporter.config().reload().get(20, TimeUnit.SECONDS);
        assertThat(failure.isPresent()).isEqualTo(i % 4 >= 2);
        broken += failure.isPresent() ? 1 : 0;
      }
      over.set(true);

      assertThat(broken).isEqualTo(RELOADS / 2);
      for (CompletableFuture<Integer> scraper : scrapers) {
        assertThat(scraper.get(20, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(Set.copyOf(seen)).containsExactlyInAnyOrder("v0 v0 Bearer v0", "v1 v1 Bearer v1");
      assertThat(
              exporter.metric("websocket_exporter_probes_total{module=\"m0\"}")
                  + exporter.metric("websocket_exporter_probes_total{module=\"m1\"}"))
          .isEqualTo(seen.size());
    }
  }

  private void note(Peer peer) throws IOException {
    Peer.Head head = peer.acceptUpgrade();
    seen.add(
        head.value("user-agent")
            + " "
            + head.value("x-version")
            + " "
            + head.value("authorization"));
    peer.sendFrame(Peer.PONG, peer.readFrame().payload());
    peer.awaitEnd();
  }

  /** Scrapes until it is over, and returns how often. */
  private int scrape(RunningExporter exporter, ScriptedServer server) {
    int probes = 0;
    try (RawClient client = exporter.connect()) {
      while (!over.get()) {
        RawClient.Answer answer = client.sendGet("/probe?target=" + server.ws("/")).read();
        assertThat(answer.body()).contains("probe_success 1.0\n");
        probes++;
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return probes;
  }
}
