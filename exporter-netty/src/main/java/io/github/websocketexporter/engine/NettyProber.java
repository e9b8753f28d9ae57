package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.NanoClock;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.TlsClient;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.EventLoop;
import java.util.function.Consumer;

/**
 * Runs probes on one event loop. Its connections, its timers and its callers' are all on that loop.
 */
public final class NettyProber implements Prober {
  private final EventLoop loop;
  private final NanoClock clock;
  private final StepPlan plan;

  /**
   * A prober for {@code loop}.
   *
   * @param transport the transport that {@code loop} was made of
   * @param userAgent the value of the User-Agent header field of upgrade requests
   */
  public NettyProber(
      EventLoop loop, Transport transport, HostResolver resolver, TlsClient tls, String userAgent) {
    this.loop = loop;
    this.clock = NanoClock.SYSTEM;
    this.plan = new StepPlan(transport, resolver, tls, userAgent);
  }

  @Override
  public Probe start(ProbeRequest request, Consumer<ProbeResult> onResult) {
    ProbeAttempt attempt = new ProbeAttempt(loop, clock, request, onResult);
    attempt.start(plan.stepsOf(request.target()));
    return attempt;
  }
}
