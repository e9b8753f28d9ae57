package io.github.websocketexporter.benchmarks;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.module.ProbeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
 * A configuration from its files to the records that everything is wired with, once for each start,
 * and the module of a probe out of that, once for each scrape.
 *
 * <p>{@code java -jar benchmarks/target/benchmarks.jar ConfigBenchmark -prof gc} printed on
 * 2026-11-23, on a virtual machine of two x86-64 cores with OpenJDK 17.0.15:
 *
 * <pre>
 *   benchmark  modules  us/op           allocated B/op
 *   load       1          292 +/- 84       271,058
 *   load       1000     8,090 +/- 791   11,398,748
 *   module     1        0.007                    0
 *   module     1000     0.006                    0
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ConfigBenchmark {
  /** How many modules the file has besides the one of reference.conf. */
  @Param({"1", "1000"})
  public int modules;

  private Path file = Path.of("");
  private @Nullable ExporterConfig config;

  /** Writes the file. */
  @Setup
  public void write() throws IOException, InvalidConfigException {
    StringBuilder hocon = new StringBuilder("websocket-exporter.modules {\n");
    for (int i = 0; i < modules; i++) {
      hocon.append("  module").append(i).append(" { timeout = 5s, ip-protocol = ip6 }\n");
    }
    file = Files.writeString(Files.createTempFile("modules", ".conf"), hocon.append("}\n"));
    config = load();
  }

  /** Deletes it. */
  @TearDown
  public void delete() throws IOException {
    Files.delete(file);
  }

  /** Reads reference.conf and the file, and checks every key. */
  @Benchmark
  public ExporterConfig load() throws InvalidConfigException {
    return ConfigLoader.load(file, new ConfigLoader.Flags());
  }

  /** Finds a module by its name. */
  @Benchmark
  public @Nullable ProbeModule module() {
    return config == null ? null : config.modules().get("module0");
  }
}
