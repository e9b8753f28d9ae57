package io.github.websocketexporter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.websocketexporter.engine.NettyProber;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many connections and probes there are file descriptors for. */
class FileBudgetTest {

  /** With 30 files open, 132 are for one loop and the reserve. */
  @ParameterizedTest(name = "{0} files, {1}, {2} -> {3}, {4}, {5}")
  @CsvSource({
    // What is wanted, to the last descriptor; 853 are for probes that are closing.
    "27715, 20000, 6700, 20000, 6700, 100",
    "1000000, 20000, 6700, 20000, 6700, 100",
    "180, 1, 1, 1, 1, 9",
    "226, 20000, 6700, 21, 24, 32",
    // One too few; and a usual hard limit: the probes stay.
    "27714, 20000, 6700, 19999, 6700, 100",
    "20000, 20000, 6700, 12285, 6700, 100",
    // Probes get two fifths of what there is.
    "16912, 20000, 6700, 9197, 6700, 100",
    "16911, 20000, 6700, 9198, 6698, 100",
    "1024, 20000, 6700, 459, 344, 100",
    "256, 20000, 6700, 38, 36, 47",
    // One of the two is small.
    "1024, 100, 6700, 100, 344, 100",
    "1024, 20000, 50, 790, 50, 100",
    "1024, 1000000, 1000000, 459, 344, 100"
  })
  void lowersWhatIsWantedToWhatThereIs(
      long limit,
      int connections,
      int probes,
      int mostConnections,
      int mostProbes,
      int mostSessions)
      throws Exception {
    assertThat(FileBudget.of(new OpenFiles(limit, 30), 1, connections, probes, 100))
        .isEqualTo(new FileBudget(mostConnections, mostProbes, mostSessions));
  }

  @ParameterizedTest
  @ValueSource(longs = {225, 162, 100, 1})
  void hardlyAnyAreTooFewToStart(long limit) {
    assertThatIOException()
        .isThrownBy(() -> FileBudget.of(new OpenFiles(limit, 30), 1, 20_000, 6_700, 100))
        .withMessage(
            "the process may open only %d files, and needs 226 at the least:"
                + " raise its limit (ulimit -n)",
            limit);
  }

  @Test
  void countsWhatEachEventLoopTakes() throws Exception {
    FileBudget four = FileBudget.of(new OpenFiles(20_000, 30), 4, 20_000, 6_700, 100);

    assertThat(four.maxInFlight()).isEqualTo(6_700);
    int closing = 4 * NettyProber.maxClosing(6_700 / 4);
    assertThat(four.maxConnections())
        .isEqualTo(20_000 - 30 - 128 - 4 * 4 - four.maxInFlight() - closing);
  }

  @Test
  void lowersNothingWithoutALimit() throws Exception {
    assertThat(FileBudget.of(new OpenFiles(Long.MAX_VALUE, 30), 1, 1_000_000, 1_000_000, 1_000_000))
        .isEqualTo(new FileBudget(1_000_000, 1_000_000, 1_000_000));
  }

  @Test
  void knowsTheFilesOfThisProcess() {
    OpenFiles files = OpenFiles.read();

    assertThat(files.limit()).isPositive();
    assertThat(files.open()).isBetween(0L, files.limit());
  }
}
