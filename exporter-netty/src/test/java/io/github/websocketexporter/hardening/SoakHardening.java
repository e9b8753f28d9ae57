package io.github.websocketexporter.hardening;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.hardening.BadTargets.Conduct;
import io.github.websocketexporter.integration.ExporterProcess;
import io.github.websocketexporter.integration.Jdk;
import io.github.websocketexporter.integration.TargetCrowd;
import io.github.websocketexporter.testing.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Very many probes of good and bad targets, plain and over TLS, as many at a time as a core keeps
 * up with: each ends as it must, and nothing is left. {@code -Dsoak.probes=100000} runs fewer.
 */
class SoakHardening {
  private static final int TARGETS = 1_000;
  private static final int MOST = Integer.getInteger("soak.probes", 1_000_000);
  private static final Duration LIMIT = Duration.ofHours(2);
  private static final Conduct[] CONDUCTS = Conduct.values();
  private static final String UNTRUSTED = "tls/tls_certificate_untrusted";

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({"simple, 1000000, 150", "paranoid, 50000, 50"})
  void leavesNothingBehind(String leakDetection, int most, int inFlight) throws Exception {
    int probes = Math.min(most, MOST);
    Certificates certificates = Certificates.in(directory);
    try (TargetCrowd plain = new TargetCrowd(TARGETS);
        TargetCrowd secure = new TargetCrowd(TARGETS, certificates.nettyServerContext());
        BadTargets bad = new BadTargets();
        ExporterProcess exporter =
            ExporterProcess.on(
                    Jdk.current(), "-Xmx96m", "-Dio.netty.leakDetection.level=" + leakDetection)
                .start("--config.file=" + config(certificates))) {
      Mix mix = new Mix(plain, secure, bad);
      await().until(() -> exporter.get("/-/ready").status() == 200);
      load(exporter, mix, probes / 50, inFlight / 5);
      Footprint first = Footprint.of(exporter);
      ScrapeOutcome outcome = soak(exporter, mix, probes, inFlight);
      Footprint last = Footprint.of(exporter);
      // What was found lost is told of when the next buffers are allocated.
      soak(exporter, mix, 1_000, inFlight);

      long leaks = exporter.stderr().lines().filter(line -> line.contains("LEAK")).count();
      Figures.state(
          "Soak: %,d probes, plain and TLS, a fifth of them of bad targets, leak detection %s"
              .formatted(probes, leakDetection),
          "0 leaks, heap and descriptors flat",
          "%d leaks; at rest before %s, after %s; failures as expected: %s",
          leaks,
          first,
          last,
          outcome.failures());
      assertThat(leaks).isZero();
      assertThat(exporter.stderr()).doesNotContain("level=error");
      assertThat(last.files()).isLessThanOrEqualTo(first.files());
      assertThat(last.threads()).isLessThanOrEqualTo(first.threads());
      assertThat(last.heap()).isLessThan(first.heap() + (2 << 20));
    }
  }

  private static ScrapeOutcome load(ExporterProcess exporter, Mix mix, int probes, int inFlight) {
    try (ScrapeLoad load = new ScrapeLoad(exporter.port())) {
      return ScrapeLoad.await(load.startInTurn(mix::probe, probes, inFlight), LIMIT);
    }
  }

  private static ScrapeOutcome soak(ExporterProcess exporter, Mix mix, int probes, int inFlight) {
    ScrapeOutcome outcome = load(exporter, mix, probes, inFlight);
    assertThat(outcome.unanswered()).isEmpty();
    assertThat(outcome.status(200)).as("%s", outcome).isEqualTo(probes);
    assertThat(outcome.failures()).isEqualTo(Mix.failures(probes));
    return outcome;
  }

  private Path config(Certificates certificates) throws IOException {
    return Files.writeString(
        directory.resolve("exporter.conf"),
        """
        websocket-exporter.modules {
          good.tls { server-name = localhost, ca-file = "%s" }
          stranger.tls.server-name = localhost
          short.timeout = 2s
        }
        """
            .formatted(certificates.authorityPem(directory)));
  }

  /** Which target each probe is of: three fifths plain, one over TLS, one bad. */
  private record Mix(TargetCrowd plain, TargetCrowd secure, BadTargets bad) {
    String probe(int number) {
      return switch (number % 5) {
        case 0 -> bad(number / 5);
        case 1 -> secure.probe(number % TARGETS) + "&module=good";
        default -> plain.probe(number % TARGETS) + "&module=good";
      };
    }

    private String bad(int number) {
      int kind = number % (CONDUCTS.length + 1);
      if (kind == CONDUCTS.length) {
        return secure.probe(number % TARGETS) + "&module=stranger";
      }
      Conduct conduct = CONDUCTS[kind];
      boolean hangs = conduct == Conduct.SILENT || conduct == Conduct.MUTE;
      return bad.probe(conduct, hangs ? "short" : "good");
    }

    /** How many of so many must fail, and how. */
    static Map<String, Integer> failures(int probes) {
      Map<String, Integer> failures = new TreeMap<>();
      for (int number = 0; number < probes; number += 5) {
        int kind = number / 5 % (CONDUCTS.length + 1);
        failures.merge(
            kind == CONDUCTS.length ? UNTRUSTED : CONDUCTS[kind].failure(), 1, Integer::sum);
      }
      return failures;
    }
  }
}
