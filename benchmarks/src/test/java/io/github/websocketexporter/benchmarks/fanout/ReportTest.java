package io.github.websocketexporter.benchmarks.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Test
  void theMedianCountsAndOfFailuresTheWorst() {
    Report report = new Report();
    report.add("100 in flight", "exporter", Figures.failures(0).with("p99", 30.25));
    report.add("100 in flight", "exporter", Figures.failures(7).with("p99", 1_234));
    report.add("100 in flight", "exporter", Figures.failures(0).with("p99", 20));
    report.add("100 in flight", "other", Figures.failures(0));
    report.note("That is all.");

    assertThat(printed(report))
        .isEqualTo(
            """
            | case | exporter | failed | p99 |
            |---|---|---:|---:|
            | 100 in flight | exporter | 7 | 30.3 |
            | 100 in flight | other | 0 |  |

            That is all.
            """);
  }

  private static String printed(Report report) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    report.print(new PrintStream(out, true, StandardCharsets.UTF_8));
    return out.toString(StandardCharsets.UTF_8);
  }
}
