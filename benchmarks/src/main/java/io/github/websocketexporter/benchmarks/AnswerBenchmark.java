package io.github.websocketexporter.benchmarks;

import io.github.websocketexporter.metrics.Exposition;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.ChainFacts;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.PhaseTimings;
import io.github.websocketexporter.probe.PingStatistics;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.net.InetAddress;
import java.time.Duration;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the result of a probe to the bytes of its answer: the part of a probe's cost that is not
 * network.
 *
 * <p>{@code java -jar benchmarks/target/benchmarks.jar AnswerBenchmark -prof gc} printed on
 * 2026-11-22, on a virtual machine of two x86-64 cores with OpenJDK 17.0.15:
 *
 * <pre>
 *   accept       acceptEncoding  us/op           allocated B/op
 *   text         identity        41.4 +/- 1.7    38,920
 *   text         gzip            64.6 +/- 8.9    37,376
 *   OpenMetrics  identity        14.8 +/- 1.5    39,280
 *   OpenMetrics  gzip            37.7 +/- 4.5    37,760
 * </pre>
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AnswerBenchmark {
  /** What the scraper sends as Accept: vmagent's, and the part of Prometheus' that decides. */
  @Param({"text/plain;version=0.0.4;q=1,*/*;q=0.1", "application/openmetrics-text;version=1.0.0"})
  public String accept = "";

  /** What the scraper sends as Accept-Encoding. */
  @Param({"identity", "gzip"})
  public String acceptEncoding = "";

  private ProbeResult result = sample();

  /** Makes the result of a plain probe that succeeded. */
  @Setup
  public void prepare() {
    result = sample();
  }

  /** The whole way: snapshots, then bytes. */
  @Benchmark
  public Exposition.Document answer() {
    return Exposition.render(ProbeMetrics.of(result), accept, acceptEncoding);
  }

  private static ProbeResult sample() {
    ProbeModule module =
        new ProbeModule(
            "websocket_ping",
            Duration.ofSeconds(10),
            new AddressPreference(AddressFamily.IP4, true),
            new PingSettings(Duration.ofMillis(1)));
    try {
      ProbeRequest request =
          new ProbeRequest(
              Target.parse("wss://example.com/token"), module, Duration.ofMillis(9_500));
      return ProbeResult.builder(request)
          .address(InetAddress.getLoopbackAddress())
          .upgrade(new UpgradeFacts(101, null, null))
          .tcp(new TcpFacts(1_234_000, 123_000, 0))
          .tls(
              new TlsFacts(
                  true,
                  "TLS 1.3",
                  "TLS_AES_128_GCM_SHA256",
                  new ChainFacts(
                      1_798_761_600,
                      1_798_761_600,
                      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                      "CN=example.com",
                      "CN=Example CA,O=Example,C=US",
                      "example.com,www.example.com",
                      "3a5b7c9d")))
          .connectionNanos(31_415_926)
          .pings(new PingStatistics(1, 1, 0, new RoundTrip(2_718_281, 1_234, ArrivalClock.KERNEL)))
          .timings(
              new PhaseTimings.Builder()
                  .add(Phase.RESOLVE, 1_234_567)
                  .add(Phase.CONNECT, 2_345_678)
                  .add(Phase.TLS, 23_456_789)
                  .add(Phase.UPGRADE, 3_456_789)
                  .add(Phase.PING, 2_718_281)
                  .build())
          .build(34_567_890, null);
    } catch (InvalidTargetException e) {
      throw new IllegalStateException(e);
    }
  }
}
