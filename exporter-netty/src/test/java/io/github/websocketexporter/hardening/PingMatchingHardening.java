package io.github.websocketexporter.hardening;

import static io.github.websocketexporter.integration.ExporterProcess.percentEncoded;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.websocketexporter.integration.Answer;
import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.testing.TeasingServer;
import io.github.websocketexporter.testing.TeasingServer.Truth;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million PINGs, in trains of a thousand, to a server that does all to hide which PONG is whose.
 * Each probe is to find exactly what that server did: how many it answered, how many PONGs were
 * none, and no round trip shorter than any PONG that is right was held back.
 */
class PingMatchingHardening {
  private static final int PROBES = 1_000;
  private static final int AT_ONCE = 40;

  /** What the wall clock, which the kernel stamps by, may gain on the monotonic one meanwhile. */
  private static final double CLOCK_SECONDS = 1e-4;

  private static final String CONFIG =
      """
      websocket-exporter.modules.train {
        timeout = 15s
        ping { count = %d, interval = 1ms, timeout = 4s, max-loss-ratio = 1 }
      }
      """;

  @TempDir Path directory;

  @Test
  void eachPongAnswersThePingWhosePayloadItCarriesAndOnlyOnce() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"), CONFIG.formatted(TeasingServer.PINGS));
    ExecutorService scrapers = Executors.newFixedThreadPool(AT_ONCE);
    long pings = 0;
    long answered = 0;
    long unmatched = 0;
    long mismatched = 0;
    try (ExporterProcess exporter = ExporterProcess.start("--config.file=" + config);
        TeasingServer server = new TeasingServer()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < PROBES; i++) {
        String target = percentEncoded(server.ws("/" + i));
        answers.add(scrapers.submit(() -> exporter.get("/probe?module=train&target=" + target)));
      }
      for (int i = 0; i < PROBES; i++) {
        Answer answer = answers.get(i).get();
        assertThat(answer.failure()).as(answer.body()).isEqualTo("none");
        Truth truth = server.truth("/" + i);
        pings += TeasingServer.PINGS;
        answered += truth.answered();
        unmatched += truth.unmatched();
        mismatched += mismatched(answer, truth);
      }
    } finally {
      scrapers.shutdownNow();
    }
    Figures.state(
        "PING/PONG matching under unsolicited PONGs, data and PINGs of the server",
        "0 mismatched in 1,000,000 pings",
        "%,d mismatched in %,d pings: %,d answered, and %,d PONGs that answer none",
        mismatched,
        pings,
        answered,
        unmatched);
    assertThat(mismatched).isZero();
  }

  private static long mismatched(Answer answer, Truth truth) {
    long wrong =
        off(answer, "probe_websocket_pings_sent", TeasingServer.PINGS)
            + off(answer, "probe_websocket_pongs_received", truth.answered())
            + off(answer, "probe_websocket_unmatched_pongs", truth.unmatched());
    double shortest = answer.sample("probe_websocket_ping_pong_min_seconds");
    return wrong + (shortest < TeasingServer.HELD_NANOS / 1e9 - CLOCK_SECONDS ? 1 : 0);
  }

  private static long off(Answer answer, String metric, long right) {
    return Math.abs((long) answer.sample(metric) - right);
  }
}
