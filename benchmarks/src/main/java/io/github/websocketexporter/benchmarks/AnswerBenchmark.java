package io.github.websocketexporter.benchmarks;

import io.github.websocketexporter.metrics.ExpositionFormat;
import io.github.websocketexporter.metrics.ProbeMetrics;
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
import io.github.websocketexporter.probe.RoundTripHistogram;
import io.github.websocketexporter.probe.SessionFacts;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.probe.TcpFacts;
import io.github.websocketexporter.probe.TlsFacts;
import io.github.websocketexporter.probe.UpgradeFacts;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From the result of a probe to the bytes of its answer: the part of a probe's cost that is not
 * network.
 *
 * <p>{@code java -jar benchmarks/target/benchmarks.jar AnswerBenchmark -prof gc} printed on
 * 2026-11-23, on a virtual machine of two x86-64 cores with OpenJDK 17.0.15, of a probe with TLS:
 *
 * <pre>
 *                   us/op           allocated B/op
 *   text             2.1 +/- 0.2    424
 *   openMetrics      2.1 +/- 0.5    424
 *   textGzipLevel1  26.7 +/- 1.6    424
 *   textGzipLevel6  39.6 +/- 0.9    424
 * </pre>
 *
 * <p>On 2026-11-26, on such a machine that did other work, text was 2.9 +/- 0.2 us and session 5.2
 * +/- 3.7 us, 424 B each.
 *
 * <p>As the client library writes it, anew for each answer, text was 41 us and 38,920 B the day
 * before, with gzip of level 6 65 us and 37,376 B. Of the 4,228 bytes of a probe without TLS, level
 * 1 leaves 1,306 and level 6 1,212.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AnswerBenchmark {
  private static final int SIZE = 16_384;
  private static final int BEATS = 3_600;

  /** The histogram-buckets that modules come with. */
  private static final List<Duration> BUCKETS =
      Stream.of(
              500,
              1_000,
              2_500,
              5_000,
              10_000,
              25_000,
              50_000,
              100_000,
              250_000,
              500_000,
              1_000_000,
              2_500_000,
              5_000_000,
              10_000_000)
          .map(micros -> Duration.of(micros, ChronoUnit.MICROS))
          .toList();

  private final ProbeResult result = sample();
  private final ProbeResult held = heldSince(result);
  private final Plain plain = new Plain();
  private final ByteBuffer compressed = ByteBuffer.allocateDirect(SIZE);
  private final Deflater fastest = new Deflater(Deflater.BEST_SPEED, true);
  private final Deflater usual = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

  /** The answer as text. */
  @Benchmark
  public int text() throws IOException {
    return write(ExpositionFormat.TEXT);
  }

  /** The same for a scraper that asks for OpenMetrics. */
  @Benchmark
  public int openMetrics() throws IOException {
    return write(ExpositionFormat.OPEN_METRICS);
  }

  /** The text of a session. */
  @Benchmark
  public int session() throws IOException {
    return write(held, ExpositionFormat.TEXT);
  }

  /** The text, and what the server does for gzip besides its header and checksum. */
  @Benchmark
  public int textGzipLevel1() throws IOException {
    write(ExpositionFormat.TEXT);
    return deflate(fastest);
  }

  /** The same with the level that a library takes unasked. */
  @Benchmark
  public int textGzipLevel6() throws IOException {
    write(ExpositionFormat.TEXT);
    return deflate(usual);
  }

  private int write(ExpositionFormat format) throws IOException {
    return write(result, format);
  }

  private int write(ProbeResult written, ExpositionFormat format) throws IOException {
    plain.bytes.clear();
    ProbeMetrics.write(written, format, plain);
    return plain.bytes.flip().remaining();
  }

  private int deflate(Deflater deflater) {
    deflater.reset();
    deflater.setInput(plain.bytes);
    deflater.finish();
    compressed.clear();
    return deflater.deflate(compressed);
  }

  /** Stands for the buffer of Netty's that the server writes to. */
  private static final class Plain extends OutputStream {
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE);

    @Override
    public void write(int single) {
      bytes.put((byte) single);
    }

    @Override
    public void write(byte[] from, int start, int length) {
      bytes.put(from, start, length);
    }
  }

  /** The result of a session over such a connection. */
  private static ProbeResult heldSince(ProbeResult made) {
    RoundTripHistogram roundTrips = new RoundTripHistogram(BUCKETS);
    for (int beat = 0; beat < BEATS; beat++) {
      roundTrips.observe(2_718_281 + 1_000 * beat);
    }
    SessionFacts facts =
        new SessionFacts(
            true,
            BEATS,
            BEATS,
            0,
            0,
            1,
            new TreeMap<>(),
            roundTrips,
            OptionalLong.of(TimeUnit.SECONDS.toNanos(BEATS)),
            OptionalLong.of(1_795_719_800_123L));
    return new ProbeResult(
        made.request(),
        12_345,
        made.timings(),
        made.address(),
        made.tcp(),
        made.tls(),
        made.upgrade(),
        made.connectionNanos(),
        made.messages(),
        made.pings(),
        facts,
        null);
  }

  private static ProbeResult sample() {
    ProbeModule module = ProbeModule.builder("websocket_ping", Duration.ofSeconds(10)).build();
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
          .pings(PingStatistics.single(0, new RoundTrip(2_718_281, 1_234, ArrivalClock.KERNEL)))
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
