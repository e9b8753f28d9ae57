package io.github.websocketexporter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.testing.Pause;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The delay of the event loop at /metrics, of an exporter whose process is stopped for a while. */
@Tag("alone")
class EventLoopDelayIT {
  private static final Duration STOP = Duration.ofMillis(1_500);
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final String METRIC = "websocket_exporter_event_loop_delay_seconds";

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"auto", "nio"})
  void showsTheStopForAsLongAsItWas(String transport) throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("exporter.conf"),
            "websocket-exporter.transport = %s\n".formatted(transport));
    try (ExporterProcess exporter = ExporterProcess.start("--config.file=" + config)) {
      await().atMost(LIMIT).until(() -> sample(exporter, "_count") > 0);
      double longBefore = aboveOneSecond(exporter);

      exporter.sigstop();
      Pause.of(STOP);
      exporter.sigcont();

      // What was due in the first 0.4 s of the stop ran more than a second late.
      await().atMost(LIMIT).until(() -> aboveOneSecond(exporter) - longBefore >= 4);
      assertThat(sample(exporter, "_sum")).isGreaterThan(4);
    }
  }

  private static double aboveOneSecond(ExporterProcess exporter) {
    return sample(exporter, "_count") - sample(exporter, "_bucket{le=\"1.0\"}");
  }

  private static double sample(ExporterProcess exporter, String suffix) {
    return exporter.get("/metrics").sample(METRIC + suffix);
  }
}
