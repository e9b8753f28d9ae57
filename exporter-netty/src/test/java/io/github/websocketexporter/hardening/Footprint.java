package io.github.websocketexporter.hardening;

import static org.awaitility.Awaitility.await;

import io.github.websocketexporter.integration.ExporterProcess;
import java.time.Duration;

/**
 * What an exporter that has nothing to do holds.
 *
 * @param heap bytes of live objects, after a full collection
 * @param files files and sockets
 * @param threads threads of Java
 */
record Footprint(long heap, int files, int threads) {
  private static final Duration TO_CLOSE = Duration.ofSeconds(30);

  /** Looks when no probe runs any more and what these left open is closed. */
  static Footprint of(ExporterProcess exporter) {
    await()
        .atMost(TO_CLOSE)
        .until(() -> exporter.get("/metrics").sample("websocket_exporter_probes_in_flight") == 0);
    // First, for the JVM opens a socket for the first who asks it.
    long heap = liveBytes(exporter);
    int[] files = {-1};
    await()
        .atMost(TO_CLOSE)
        .pollInterval(Duration.ofSeconds(2))
        .until(() -> files[0] == (files[0] = exporter.openFiles()));
    int threads = (int) exporter.get("/metrics").sample("jvm_threads_current");
    return new Footprint(heap, files[0], threads);
  }

  /** The histogram has a full collection before it; its last line is the sum. */
  private static long liveBytes(ExporterProcess exporter) {
    exporter.jcmd("GC.run");
    String total = exporter.jcmd("GC.class_histogram").strip();
    return Long.parseLong(total.substring(total.lastIndexOf(' ') + 1));
  }

  @Override
  public String toString() {
    return "%.1f MiB of heap, %d files, %d threads".formatted(heap / 1048576.0, files, threads);
  }
}
