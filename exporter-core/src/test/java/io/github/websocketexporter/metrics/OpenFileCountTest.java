package io.github.websocketexporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The number of open files, by the cheap way where there is one, and else by the JVM's. */
class OpenFileCountTest {
  private static final int FILES = 100;

  private final ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1", "2"));

  @SuppressWarnings("NullAway.Init")
  @TempDir
  private Path directory;

  @Test
  void growsByEachFileThatIsOpened() throws Exception {
    Path file = Files.createFile(directory.resolve("file"));
    List<InputStream> open = new ArrayList<>();
    try {
      double before = shown();
      for (int i = 0; i < FILES; i++) {
        open.add(Files.newInputStream(file));
      }
      assertThat(shown() - before).isBetween(FILES * 0.9, FILES * 1.1);
    } finally {
      for (InputStream each : open) {
        each.close();
      }
    }
  }

  @Test
  void isTheNumberThatTheJvmCounts() {
    assumeTrue(OpenFileCount.countIsCheap());
    UnixOperatingSystemMXBean system =
        (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    shown();
    assertThat(shown()).isEqualTo((double) system.getOpenFileDescriptorCount());
  }

  private double shown() {
    return Results.samples(metrics.snapshots()).stream()
        .filter(line -> line.startsWith(OpenFileCount.METRIC + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(OpenFileCount.METRIC.length() + 1)))
        .findFirst()
        .orElseThrow();
  }
}
