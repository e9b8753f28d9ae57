package io.github.websocketexporter.benchmarks;

import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.Target;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The text of a target to what a probe is told: done once for each scrape.
 *
 * <p>{@code java -jar benchmarks/target/benchmarks.jar TargetBenchmark -prof gc} printed on
 * 2026-11-23, on a virtual machine of two x86-64 cores with OpenJDK 17.0.15:
 *
 * <pre>
 *   text                  ns/op           allocated B/op
 *   ws, literal address     951 +/- 7     2,472
 *   wss, name               788 +/- 80    2,200
 *   wss, everything       1,008 +/- 7     2,992
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class TargetBenchmark {
  /** A literal address, a name, and one with all that a target may have. */
  @Param({
    "ws://127.0.0.1:9001/1",
    "wss://node1.example.com/3f9ac1d27b",
    "wss://user:secret@node1.example.com:8443/a/b%20c?key=3f9ac1d27b"
  })
  public String text = "";

  /** Reads it. */
  @Benchmark
  public Target parse() throws InvalidTargetException {
    return Target.parse(text);
  }
}
