package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How many connections and probes there are file descriptors for. */
class FileBudgetTest {

  @ParameterizedTest(name = "{0} files, {1} open: {2}, {3} -> {4}, {5}")
  @CsvSource({
    // What is wanted, to the last descriptor.
    "26858, 30, 20000, 6700, 20000, 6700",
    "1000000, 30, 20000, 6700, 20000, 6700",
    "160, 30, 1, 1, 1, 1",
    // One too few; and a usual hard limit: the probes stay.
    "26857, 30, 20000, 6700, 19999, 6700",
    "20000, 30, 20000, 6700, 13142, 6700",
    // Probes get half of what there is.
    "13558, 30, 20000, 6700, 6700, 6700",
    "13557, 30, 20000, 6700, 6700, 6699",
    "1024, 10, 20000, 6700, 443, 443",
    "1025, 10, 20000, 6700, 444, 443",
    "256, 10, 20000, 6700, 59, 59",
    // One of the two is small.
    "1024, 10, 100, 6700, 100, 443",
    "1024, 10, 20000, 50, 836, 50",
    "1024, 10, 1000000, 1000000, 443, 443",
    // Nothing is left, or less.
    "161, 30, 20000, 6700, 2, 1",
    "158, 30, 20000, 6700, 1, 1",
    "100, 30, 20000, 6700, 1, 1"
  })
  void lowersWhatIsWantedToWhatThereIs(
      long limit, long open, int connections, int probes, int mostConnections, int mostProbes) {
    assertThat(FileBudget.of(new OpenFiles(limit, open), connections, probes))
        .isEqualTo(new FileBudget(mostConnections, mostProbes));
  }

  @Test
  void lowersNothingWithoutALimit() {
    assertThat(FileBudget.of(new OpenFiles(Long.MAX_VALUE, 30), 1_000_000, 1_000_000))
        .isEqualTo(new FileBudget(1_000_000, 1_000_000));
  }

  @Test
  void knowsTheFilesOfThisProcess() {
    OpenFiles files = OpenFiles.read();

    assertThat(files.limit()).isPositive();
    assertThat(files.open()).isBetween(0L, files.limit());
  }
}
