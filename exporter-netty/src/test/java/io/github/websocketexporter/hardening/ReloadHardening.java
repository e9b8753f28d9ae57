package io.github.websocketexporter.hardening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.TargetCrowd;
import io.github.websocketexporter.testing.Pause;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A thousand reloads, half of them of a broken configuration, at a thousand probes a second; or as
 * many as {@code -Dreload.times=100 -Dreload.probes=50} say.
 */
class ReloadHardening {
  private static final int RELOADS = Integer.getInteger("reload.times", 1_000);
  private static final int PROBES_A_SECOND = Integer.getInteger("reload.probes", 1_000);
  private static final Duration EACH = Duration.ofMillis(60);
  private static final Duration TIME = EACH.multipliedBy(RELOADS).plusSeconds(30);
  private static final Pattern ANSWER =
      Pattern.compile("\nprobe_ip_addr_hash (\\S+)\n(?s:.*)\nprobe_timeout_seconds (\\S+)\n");
  private static final String PROBE = "/probe?target=node";
  private static final String SUCCESSFUL = "websocket_exporter_config_last_reload_successful";

  /** What makes a configuration a broken one: a value, a key, a file, the syntax, a reference. */
  private static final List<String> BROKEN =
      List.of(
          "probe.timeout = broken",
          "nonsense = 1",
          "modules.other.tls.ca-file = none.pem",
          "modules.other {",
          "policy.deny.cidrs = [\"10.0.0.0/33\"]",
          "targets.other.url = \"ftp://localhost\"");

  @TempDir private Path directory;

  private final Map<String, Integer> asked = new ConcurrentHashMap<>();
  private final Map<String, Integer> answered = new ConcurrentHashMap<>();

  @Test
  void mixNothingAndLeaveNothingBehind() throws Exception {
    Files.writeString(directory.resolve("token-0"), "v0");
    Files.writeString(directory.resolve("token-1"), "v1");
    try (TargetCrowd crowd = new TargetCrowd(2)) {
      crowd.onVisit(this::note);
      Path config = write(crowd, 0, "");
      try (ExporterProcess exporter =
          ExporterProcess.start("--config.file=" + config, "--web.enable-lifecycle")) {
        await().until(() -> exporter.get("/-/ready").status() == 200);
        ScrapeOutcome before;
        try (ScrapeLoad load = new ScrapeLoad(exporter.port(), this::note)) {
          before = load.run(number -> PROBE, PROBES_A_SECOND / 5.0, Duration.ofSeconds(20));
        }
        assertThat(before.succeeded()).as("%s", before).isEqualTo(before.answers());
        reload(exporter, crowd, 0, RELOADS / 10);
        Footprint first = Footprint.of(exporter);

        ScrapeOutcome outcome;
        try (ScrapeLoad load = new ScrapeLoad(exporter.port(), this::note)) {
          CompletableFuture<ScrapeOutcome> probes =
              load.start(number -> PROBE, PROBES_A_SECOND, TIME);
          reload(exporter, crowd, RELOADS / 10, RELOADS);
          assertThat(probes).as("the probes, all the time").isNotDone();
          outcome = ScrapeLoad.await(probes, TIME.plusSeconds(30));
        }
        Footprint last = Footprint.of(exporter);

        int all = before.answers() + outcome.answers();
        Figures.state(
            "Reload: %,d, half of them broken, at %,d probes/s".formatted(RELOADS, PROBES_A_SECOND),
            "0 mixed snapshots, the old configuration stays",
            "%d kinds of snapshots seen by targets, %d in answers, of 2; of %d probes failed %s;"
                + " at rest before %s, after %s",
            asked.size(),
            answered.size(),
            all,
            outcome.failures(),
            first,
            last);
        assertThat(outcome.succeeded()).as("%s", outcome).isEqualTo(outcome.answers());
        assertThat(outcome.unanswered()).isEmpty();
        assertThat(asked.keySet())
            .containsExactlyInAnyOrder("0 v0 v0 Bearer v0 v0", "1 v1 v1 Bearer v1 v1");
        assertThat(answered.keySet())
            .containsExactlyInAnyOrder(
                TargetCrowd.addressHash(0) + " 10.0", TargetCrowd.addressHash(1) + " 11.0");
        assertThat(asked.values().stream().mapToInt(i -> i).sum()).isEqualTo(all);
        assertThat(
                exporter.get("/metrics").samples().entrySet().stream()
                    .filter(each -> each.getKey().matches(".*_probes_total\\{module=\"m[01]\"}"))
                    .mapToDouble(Map.Entry::getValue)
                    .sum())
            .isEqualTo(all);
        assertThat(last.files()).isLessThanOrEqualTo(first.files());
        assertThat(last.threads()).isLessThanOrEqualTo(first.threads());
        assertThat(last.heap()).isLessThan(first.heap() + (2 << 20));
      }
    }
  }

  private void reload(ExporterProcess exporter, TargetCrowd crowd, int from, int to)
      throws IOException {
    for (int i = from; i < to; i++) {
      boolean broken = i % 4 >= 2;
      write(crowd, i % 2, broken ? BROKEN.get(i / 4 % BROKEN.size()) : "");
      assertThat(exporter.post("/-/reload").status()).isEqualTo(broken ? 500 : 200);
      assertThat(exporter.get("/metrics").sample(SUCCESSFUL)).isEqualTo(broken ? 0 : 1);
      Pause.of(EACH.dividedBy(2));
    }
  }

  /** Values in four blocks, and in two files, which belong together. */
  private Path write(TargetCrowd crowd, int number, String broken) throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"),
        """
        websocket-exporter {
          probe.default-module = m%1$d
          modules.m%1$d {
            timeout = 1%1$ds
            user-agent = v%1$d
            headers { X-Version = v%1$d }
            authorization.bearer.token-file = token-%1$d
          }
          targets.node { url = "%2$s", headers { X-Target = v%1$d } }
          policy.allow.hosts = ["%3$s"]
          %4$s
        }
        """
            .formatted(number, crowd.url(number), TargetCrowd.host(number), broken));
  }

  /** What a target is asked. */
  private void note(Integer target, HttpHeaders headers) {
    String seen =
        String.join(
            " ",
            target.toString(),
            headers.get("user-agent"),
            headers.get("x-version"),
            headers.get("authorization"),
            headers.get("x-target"));
    asked.merge(seen, 1, Integer::sum);
  }

  /** What a scraper is answered. */
  private void note(String body) {
    Matcher answer = ANSWER.matcher(body);
    answered.merge(answer.find() ? answer.group(1) + " " + answer.group(2) : body, 1, Integer::sum);
  }
}
