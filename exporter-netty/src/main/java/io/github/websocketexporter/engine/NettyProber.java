package io.github.websocketexporter.engine;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.ContinuousSettings;
import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.ProbeProgress;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.transport.Arrivals;
import io.netty.channel.EventLoop;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Runs probes on one event loop, and opens connections that are held there. Its connections, its
 * timers and its callers' are all on that loop.
 */
public final class NettyProber implements Prober {
  private static final int MIN_CLOSING = 16;

  private final EventLoop loop;
  private final NanoClock clock;
  private final Arrivals arrivals;
  private final StepPlan plan;
  private final Closings closings;
  private final int roomForRepeats;
  private final boolean logged;
  private final Pace pace;
  private int running;

  private NettyProber(EventLoop loop, ProbeResources resources, int maxInFlight, boolean logged) {
    this.loop = loop;
    this.logged = logged;
    this.arrivals = resources.transport().arrivals();
    this.clock = arrivals.nanoClock();
    this.pace =
        new Pace(() -> arrivals.sleptNanos(loop), () -> arrivals.turns(loop), clock.nanoTime());
    this.plan = new StepPlan(resources, this::mayRepeatPings);
    this.closings = new Closings(maxClosing(maxInFlight));
    this.roomForRepeats = maxInFlight / 2;
  }

  /**
   * A prober for {@code loop}.
   *
   * @param maxInFlight the most probes that will run on this loop at a time. While more than half
   *     as many do, no round trip is measured again: PINGs on top of an overload make it worse.
   */
  public static NettyProber of(EventLoop loop, ProbeResources resources, int maxInFlight) {
    return new NettyProber(loop, resources, maxInFlight, true);
  }

  /** A prober for {@code loop} that measures nothing again and leaves no line in the log. */
  public static NettyProber silent(EventLoop loop, ProbeResources resources) {
    return new NettyProber(loop, resources, 0, false);
  }

  /**
   * How many connections of a prober may be open beyond those of the probes that run: those that
   * their peers are left time to close.
   *
   * @param maxInFlight as of the prober
   */
  public static int maxClosing(int maxInFlight) {
    return MIN_CLOSING + maxInFlight / 8;
  }

  @Override
  public boolean isReadyFor(ProbeRequest request) {
    return plan.canRun(request);
  }

  @Override
  public boolean hasTimeFor(ProbeRequest request) {
    return pace.allows(request.limit().toNanos(), running, clock.nanoTime());
  }

  @Override
  public Probe start(ProbeRequest request, Consumer<ProbeResult> onResult) {
    return start(request, ProbeProgress.NONE, onResult);
  }

  /** The same, where {@code progress} hears of the probe while it runs. */
  public Probe start(ProbeRequest request, ProbeProgress progress, Consumer<ProbeResult> onResult) {
    return begin(request, progress, (attempt, result) -> onResult.accept(result));
  }

  /**
   * Opens a connection to be held: as a probe of a continuous module, up to where its beats begin.
   *
   * @param holder gets the connection, or hears why there is none: always, once, on the loop's
   *     thread, at the latest when the request's limit is over
   */
  public HeldConnection.Opening open(ProbeRequest request, HeldConnection.Holder holder) {
    ContinuousSettings settings = requireNonNull(request.module().continuous());
    return begin(
        request,
        ProbeProgress.NONE,
        (attempt, result) -> {
          HeldConnection connection = null;
          if (result.success()) {
            attempt.release();
            connection = HeldHandler.over(attempt, settings, holder);
          }
          holder.opened(result, connection);
        });
  }

  private ProbeAttempt begin(
      ProbeRequest request, ProbeProgress progress, BiConsumer<ProbeAttempt, ProbeResult> ended) {
    ProbeAttempt attempt =
        new ProbeAttempt(
            loop,
            new Stopwatch(clock, arrivals.newTimer(loop)),
            request,
            closings,
            (over, result, cause) -> {
              running--;
              pace.ended();
              ended.accept(over, result);
              if (logged) {
                ProbeLog.write(result, cause);
              }
            });
    List<Step> steps = plan.stepsOf(request, attempt.route());
    running++;
    pace.begun();
    attempt.watchedBy(progress);
    attempt.start(steps);
    return attempt;
  }

  private boolean mayRepeatPings() {
    return running <= roomForRepeats;
  }
}
