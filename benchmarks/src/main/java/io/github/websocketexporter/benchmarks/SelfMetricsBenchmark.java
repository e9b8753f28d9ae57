package io.github.websocketexporter.benchmarks;

import io.github.websocketexporter.metrics.BuildInfo;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.metrics.Exposition;
import io.github.websocketexporter.metrics.ExpositionFormat;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The exporter's own metrics, from collecting them to the bytes of the answer to {@code /metrics},
 * while the process has few or many files open.
 *
 * <p>{@code java -jar benchmarks/target/benchmarks.jar SelfMetricsBenchmark -prof gc} printed on
 * 2026-11-23, on a virtual machine of two x86-64 cores with OpenJDK 17.0.15:
 *
 * <pre>
 *   benchmark  openFiles  allocated B/op
 *   collect    0          120,205
 *   collect    10000      119,896
 *   text       0          202,904
 *   text       10000      203,154
 *   gzip       0          167,230
 *   gzip       10000      167,649
 * </pre>
 *
 * <p>The times of that run are left out: the machine was busy with other work, and their errors
 * were as large as themselves.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SelfMetricsBenchmark {
  /** How many files are open besides the JVM's own, in place of connections. */
  @Param({"0", "10000"})
  public int openFiles;

  private final ExporterMetrics metrics = new ExporterMetrics(new BuildInfo("1.2.3", "abcdef"));
  private final List<Closeable> open = new ArrayList<>();

  /** Opens the files. */
  @Setup
  public void open() throws IOException {
    Path file = Files.createTempFile("open", null);
    for (int i = 0; i < openFiles; i++) {
      open.add(FileChannel.open(file));
    }
    Files.delete(file);
  }

  /** Closes them. */
  @TearDown
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }

  /** What is collected alone. */
  @Benchmark
  public MetricSnapshots collect() {
    return metrics.snapshots();
  }

  /** The whole way, as plain text. */
  @Benchmark
  public byte[] text() {
    return Exposition.render(metrics.snapshots(), ExpositionFormat.TEXT, false);
  }

  /** The whole way, as a vmagent asks for it. */
  @Benchmark
  public byte[] gzip() {
    return Exposition.render(metrics.snapshots(), ExpositionFormat.TEXT, true);
  }
}
