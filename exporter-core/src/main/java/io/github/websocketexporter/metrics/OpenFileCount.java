package io.github.websocketexporter.metrics;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How many files this process has open. The JVM lists the directory to count them: with 10,000
 * connections that takes some 4 ms and as many objects of the kernel's, which count as memory of
 * the container. Linux since 6.2 says the number as the directory's size; before, that is 0.
 */
final class OpenFileCount {
  /** The client library's name for it. */
  static final String METRIC = "process_open_fds";

  private static final Path DIRECTORY = Path.of("/proc/self/fd");

  private OpenFileCount() {}

  /** Whether the system says the number. */
  static boolean countIsCheap() {
    try {
      return Files.size(DIRECTORY) > 0;
    } catch (IOException e) {
      return false;
    }
  }

  static void register(PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name(METRIC)
        .help("Number of open file descriptors.")
        .callback(OpenFileCount::count)
        .register(registry);
  }

  private static void count(GaugeWithCallback.Callback gauge) {
    try {
      gauge.call((double) Files.size(DIRECTORY));
    } catch (IOException e) {
      // Then there is no sample.
    }
  }
}
