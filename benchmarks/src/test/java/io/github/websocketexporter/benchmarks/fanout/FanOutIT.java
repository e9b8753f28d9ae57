package io.github.websocketexporter.benchmarks.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The whole benchmark with tiny numbers, against the built jar. */
class FanOutIT {
  @ParameterizedTest
  @ValueSource(strings = {"smoke", "smoke-wss"})
  void everyProbeIsComparedWithTheTruthAndRight(String row) {
    String jar = "exporter=" + System.getProperty("exporter.jar");
    String printed = fanOut("--rows", row, "--rounds", "1", "--jar", jar);

    assertThat(value(printed, "failed")).isZero();
    assertThat(value(printed, "error p50 us")).as(printed).isBetween(0.0, 5_000.0);
    assertThat(value(printed, "covered %")).as(printed).isGreaterThan(50);
  }

  @Test
  void everySessionIsComparedWithTheTruthAndLosesNothing() {
    String jar = "exporter=" + System.getProperty("exporter.jar");
    String printed = fanOut("--rows", "sessions", "--rounds", "1", "--size", "0.01", "--jar", jar);

    assertThat(value(printed, "failed")).isZero();
    assertThat(value(printed, "lost")).isZero();
    assertThat(value(printed, "error p50 us")).as(printed).isBetween(0.0, 5_000.0);
    assertThat(value(printed, "covered %")).as(printed).isGreaterThan(50);
    assertThat(value(printed, "heap KiB/session")).as(printed).isBetween(0.0, 64.0);
  }

  /** What the only line of a table has in a column. */
  private static double value(String printed, String column) {
    List<String> rows = printed.lines().filter(line -> line.startsWith("| ")).toList();
    List<String> heads = List.of(rows.get(0).split(" *\\| *"));
    String cell = rows.get(1).split(" *\\| *")[heads.indexOf(column)];
    return Double.parseDouble(cell.replace(",", ""));
  }

  @Test
  void anExporterThatDoesNotStartIsToldOfWithWhatItSaid() {
    Run run = run("--rows", "smoke", "--rounds", "1", "--jar", "none=/none.jar");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.printed())
        .contains("none did not listen. It said: Error: Unable to access jarfile /none.jar");
  }

  private static String fanOut(String... arguments) {
    Run run = run(arguments);
    assertThat(run.exitCode()).as(run.printed()).isZero();
    return run.printed();
  }

  private record Run(int exitCode, String printed) {}

  private static Run run(String... arguments) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int exitCode = new CommandLine(new FanOut()).execute(arguments);
      return new Run(exitCode, out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before);
    }
  }
}
