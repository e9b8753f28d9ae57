package io.github.websocketexporter.integration;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * What happens to a connection that is held while packets get lost: a program for a network
 * namespace of its own. Prints what it saw.
 */
final class LossyHost {
  private static final String MODULES =
      """
      websocket-exporter.modules {
        patient { continuous = true, ping { interval = 300ms, timeout = 10s } }
        hasty { continuous = true, timeout = 2s, ping { interval = 300ms, timeout = 1s } }
      }
      """;
  private static final String TABLE =
      """
      table inet lossy {
        chain incoming {
          type filter hook input priority 0;
          tcp sport %d %s drop
        }
      }
      """;

  private final ExporterProcess exporter;
  private final PeerProcess peer;

  private LossyHost(ExporterProcess exporter, PeerProcess peer) {
    this.exporter = exporter;
    this.peer = peer;
  }

  /** Runs. */
  public static void main(String... none) throws IOException, InterruptedException {
    Path config = Files.writeString(Files.createTempFile("held", ".conf"), MODULES);
    try (PeerProcess peer = PeerProcess.start(PeerProcess.Kind.NODE_WS, List.of());
        ExporterProcess exporter = ExporterProcess.start("--config.file=" + config)) {
      LossyHost host = new LossyHost(exporter, peer);
      host.loseSome();
      host.loseAll();
    } finally {
      Files.delete(config);
    }
  }

  private Answer scrape(String module) {
    return exporter.get("/probe?module=" + module + "&target=ws://127.0.0.1:" + peer.port() + "/");
  }

  private Answer awaitScrape(String module, Predicate<Answer> so) {
    Answer[] seen = new Answer[1];
    await()
        .atMost(Duration.ofSeconds(40))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              seen[0] = scrape(module);
              return so.test(seen[0]);
            });
    return seen[0];
  }

  /** Of the server's segments, a third: TCP sends them again, after 200 ms at the earliest. */
  private void loseSome() {
    System.out.println("at first: " + scrape("patient").failure());
    drop("numgen random mod 3 == 0");
    Answer answer = awaitScrape("patient", each -> slow(each) >= 3);
    System.out.println("lost by TCP's loss: " + answer.sample("probe_websocket_pings_lost_total"));
    System.out.println("connects: " + answer.sample("probe_websocket_connects_total"));
    dropNothing();
  }

  private static double slow(Answer answer) {
    return answer.sample("probe_websocket_ping_rtt_seconds_bucket{le=\"+Inf\"}")
        - answer.sample("probe_websocket_ping_rtt_seconds_bucket{le=\"0.1\"}");
  }

  private void loseAll() {
    System.out.println("at first: " + scrape("hasty").failure());
    drop("");
    Answer overdue = awaitScrape("hasty", each -> !each.failure().equals("none"));
    System.out.println("overdue: " + overdue.failure());
    Answer away = awaitScrape("hasty", each -> each.failure().startsWith("connect/"));
    System.out.println("then: " + away.failure());
    dropNothing();
    Answer back = awaitScrape("hasty", each -> each.failure().equals("none"));
    System.out.println("connects: " + back.sample("probe_websocket_connects_total"));
    System.out.println(
        "disconnects: "
            + back.sample("probe_websocket_disconnects_total{code=\"\",reason=\"pong_timeout\"}"));
  }

  /** Drops those of the server's segments that {@code which} says. */
  private void drop(String which) {
    nft(TABLE.formatted(peer.port(), which));
  }

  private static void dropNothing() {
    nft("delete table inet lossy");
  }

  private static void nft(String command) {
    ProcessSignals.run("nft", command);
  }
}
