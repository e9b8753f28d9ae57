package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidChoiceException;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.config.ProbeChoice;
import io.github.websocketexporter.engine.NettyProber;
import io.github.websocketexporter.engine.ProbeResources;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.ProbeProgress;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.probe.RoundTrip;
import io.github.websocketexporter.report.JsonReport;
import io.github.websocketexporter.report.TerminalReport;
import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.TlsClients;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * {@code websocket-exporter probe TARGET}: one probe from the terminal, by the same engine and the
 * same configuration as a scrape. What comes of it is printed by the thread that runs the command,
 * so that a terminal that is slow does not hold up the event loop.
 */
final class ProbeCommand {
  private static final long PATIENCE_MILLIS = 1_000;

  /** So many probes at a time leave room for a round trip of one to be measured again. */
  private static final int WITH_REPEATS = 2;

  private final ProbeFlags flags;
  private final PrintStream out;
  private final BlockingQueue<Runnable> news = new LinkedBlockingQueue<>();
  private final TerminalReport text;
  private final JsonReport json = new JsonReport();
  private OptionalInt exitCode = OptionalInt.empty();

  /**
   * A command that has not been run.
   *
   * @param out where it prints
   * @param terminal whether that is a terminal whose user likes colours
   */
  ProbeCommand(ProbeFlags flags, PrintStream out, boolean terminal) {
    this.flags = flags;
    this.out = out;
    text = new TerminalReport(out, terminal);
  }

  /**
   * Probes. Blocks until that is over.
   *
   * @return the exit code
   * @throws InvalidConfigException if the configuration is not valid
   * @throws InvalidChoiceException if it does not have what is to be probed
   * @throws InvalidTargetException if that is no target
   * @throws IOException if the configuration, or what it names, cannot be read
   */
  int run(HeadStart headStart)
      throws InvalidConfigException, InvalidChoiceException, InvalidTargetException, IOException {
    ExporterConfig config = flags.source().load().config();
    ProbeChoice choice = flags.choice(config);
    headStart.awaitAll();
    Logging.configure(config.log());
    Transport transport = Transport.select(config.transport(), config.clock());
    EventLoopGroup loops = transport.newEventLoops(1);
    try (TlsClients tls = new TlsClients();
        HostResolver resolver = new HostResolver(transport, config.dns())) {
      if (choice.target().secure()) {
        tls.prepare(List.of(choice.module().tls()));
      }
      String userAgent = "websocket-exporter/" + BuildProperties.read().version();
      probe(
          loops.next(),
          new ProbeResources(transport, resolver, tls, userAgent),
          new ProbeRequest(choice.target(), choice.module(), choice.limit()));
    } finally {
      loops.shutdownGracefully(0, PATIENCE_MILLIS, TimeUnit.MILLISECONDS).awaitUninterruptibly();
    }
    return exitCode.orElse(ExitCode.SOFTWARE);
  }

  private void probe(EventLoop loop, ProbeResources resources, ProbeRequest request) {
    CompletableFuture<Prober.Probe> running = new CompletableFuture<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    Signals.handle(
        "INT",
        () -> {
          if (interrupted.getAndSet(true)) {
            Runtime.getRuntime().halt(ExitCode.INTERRUPTED);
          }
          running.thenAccept(probe -> cancel(probe, loop));
        });
    if (flags.output() == ProbeFlags.Output.TEXT) {
      text.began(request);
    }
    NettyProber prober = NettyProber.of(loop, resources, WITH_REPEATS);
    loop.execute(() -> start(prober, request, running));
    try {
      while (exitCode.isEmpty()) {
        news.take().run();
        if (out.checkError()) {
          exitCode = OptionalInt.of(ExitCode.SOFTWARE); // Nobody reads it any more.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void start(
      NettyProber prober, ProbeRequest request, CompletableFuture<Prober.Probe> running) {
    try {
      running.complete(prober.start(request, progress(), ended -> news.add(() -> ended(ended))));
    } catch (RuntimeException | Error e) {
      news.add(
          () -> {
            throw e;
          });
    }
  }

  /** Where it is over already, its event loop may be, too. */
  private static void cancel(Prober.Probe probe, EventLoop loop) {
    try {
      loop.execute(probe::cancel);
    } catch (RejectedExecutionException e) {
      // There is nothing left to cancel.
    }
  }

  private ProbeProgress progress() {
    return new ProbeProgress() {
      @Override
      public void connected(Supplier<ProbeResult> soFar) {
        ProbeResult found = soFar.get();
        news.add(() -> connectedTo(found));
      }

      @Override
      public void ponged(int number, RoundTrip roundTrip) {
        news.add(() -> answered(number, roundTrip));
      }
    };
  }

  private void connectedTo(ProbeResult soFar) {
    if (flags.output() == ProbeFlags.Output.TEXT) {
      text.connected(soFar);
    }
  }

  private void answered(int number, RoundTrip roundTrip) {
    if (flags.output() == ProbeFlags.Output.TEXT) {
      text.ponged(number, roundTrip);
    }
    json.ponged(number, roundTrip);
  }

  private void ended(ProbeResult ended) {
    switch (flags.output()) {
      case TEXT -> text.ended(ended);
      case JSON -> out.print(json.ended(ended));
      case PROMETHEUS -> out.print(ProbeMetrics.text(ended));
    }
    out.flush();
    exitCode = OptionalInt.of(exitCodeOf(ended));
  }

  private static int exitCodeOf(ProbeResult result) {
    if (result.failure() == null) {
      return ExitCode.OK;
    }
    return result.failure().reason() == FailureReason.CANCELLED
        ? ExitCode.INTERRUPTED
        : ExitCode.PROBE_FAILED;
  }
}
