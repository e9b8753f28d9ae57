package io.github.websocketexporter.benchmarks;

import io.github.websocketexporter.benchmarks.fanout.RunningTarget;
import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.engine.ProbeResources;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.TlsClients;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Whole probes over loopback, one after the other, from {@link Prober#start} to the result: without
 * the HTTP server and the exposition. The target is a process of its own, so the allocation is the
 * exporter's alone; the time holds the target's.
 *
 * <p>{@code java -jar benchmarks/target/benchmarks.jar ProbeBenchmark -prof gc} printed on
 * 2026-11-26, on a virtual machine of two x86-64 cores with OpenJDK 17.0.15, times that were too
 * noisy to keep, and allocated, in bytes per probe:
 *
 * <pre>
 *   ws    8,480 +/- 311
 *   wss  28,745 +/- 982
 * </pre>
 *
 * <p>Four days before, when the channel was Netty's own, it was 11,825 and 37,198.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class ProbeBenchmark {
  private static final int IN_A_ROW = 100;

  /** Over TLS or not. */
  @Param({"ws", "wss"})
  public String scheme = "";

  private @Nullable Probing probing;

  /** All that a probe needs. */
  private record Probing(
      Path directory,
      RunningTarget target,
      HostResolver resolver,
      TlsClients tls,
      EventLoopGroup loops,
      EventLoop loop,
      Prober prober,
      ProbeModule module) {}

  /** Starts the target and an event loop. */
  @Setup
  public void start() throws IOException, InvalidConfigException {
    boolean secure = scheme.equals("wss");
    Path directory = Files.createTempDirectory("probe");
    RunningTarget target = RunningTarget.start(directory, secure);
    if (secure) {
      target.trustInThisJvm();
    }
    ExporterConfig config = ConfigLoader.load(null, new ConfigLoader.Flags());
    Transport transport = Transport.select(config.transport(), config.clock());
    HostResolver resolver = new HostResolver(transport, config.dns());
    ProbeModule module = Objects.requireNonNull(config.modules().get("websocket_ping"));
    TlsClients tls = new TlsClients();
    tls.prepare(List.of(module.tls()));
    EventLoopGroup loops = transport.newEventLoops(1);
    EventLoop loop = loops.next();
    ProbeResources resources = new ProbeResources(transport, resolver, tls, "benchmark");
    probing =
        new Probing(
            directory,
            target,
            resolver,
            tls,
            loops,
            loop,
            NettyProber.of(loop, resources, config.probe().maxInFlight()),
            module);
  }

  /** Ends them. */
  @TearDown
  public void end() throws IOException {
    Probing ended = Objects.requireNonNull(probing);
    ended.loops().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    ended.resolver().close();
    ended.tls().close();
    ended.target().close();
    try (Stream<Path> files = Files.walk(ended.directory())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** One probe, {@value #IN_A_ROW} times, so that waiting for the loop's thread counts little. */
  @Benchmark
  @OperationsPerInvocation(IN_A_ROW)
  public ProbeResult probe()
      throws InvalidTargetException, InterruptedException, ExecutionException {
    Probing here = Objects.requireNonNull(probing);
    Target target = Target.parse(here.target().url(1));
    ProbeRequest request = new ProbeRequest(target, here.module(), Duration.ofSeconds(5));
    CompletableFuture<ProbeResult> last = new CompletableFuture<>();
    here.loop().execute(() -> probe(here, request, IN_A_ROW, last));
    return last.get();
  }

  private static void probe(
      Probing here, ProbeRequest request, int left, CompletableFuture<ProbeResult> last) {
    here.prober()
        .start(
            request,
            result -> {
              if (!result.success()) {
                last.completeExceptionally(new IllegalStateException("a probe failed: " + result));
              } else if (left == 1) {
                last.complete(result);
              } else {
                here.loop().execute(() -> probe(here, request, left - 1, last));
              }
            });
  }
}
