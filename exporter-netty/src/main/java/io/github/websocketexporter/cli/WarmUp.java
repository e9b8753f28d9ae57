package io.github.websocketexporter.cli;

import io.github.websocketexporter.metrics.Exposition;
import io.github.websocketexporter.metrics.ProbeMetrics;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Promise;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes the exporter's own WebSocket, one probe after the other on one event loop, and renders the
 * answers, until the code of a probe is compiled: the first probes of a cold JVM take milliseconds
 * longer. Confined to the loop, but for its constructor and {@link #start}.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final int PROBES = 2_000;

  private final EventLoop loop;
  private final Prober prober;
  private final ProbeRequest request;
  private final long endNanos;
  private final Promise<Void> done;
  private int probes;

  private WarmUp(EventLoop loop, Prober prober, ProbeRequest request, long endNanos) {
    this.loop = loop;
    this.prober = prober;
    this.request = request;
    this.endNanos = endNanos;
    done = loop.newPromise();
  }

  /**
   * Starts to warm {@code loop} up.
   *
   * @param request the probe to repeat
   * @param endNanos when to stop at the latest, by {@link System#nanoTime()}
   * @return succeeds when it is over, however that went
   */
  static Promise<Void> start(EventLoop loop, Prober prober, ProbeRequest request, long endNanos) {
    WarmUp warmUp = new WarmUp(loop, prober, request, endNanos);
    loop.execute(warmUp::next);
    return warmUp.done;
  }

  private void next() {
    if (probes == PROBES || System.nanoTime() - endNanos >= 0) {
      done.setSuccess(null);
    } else {
      probes++;
      prober.start(request, this::ended);
    }
  }

  private void ended(ProbeResult result) {
    if (result.failure() != null) {
      LOG.atWarn()
          .addKeyValue("phase", result.failure().phase().label())
          .addKeyValue("reason", result.failure().reason().label())
          .log("the exporter cannot probe itself to warm up");
      done.setSuccess(null);
      return;
    }
    Exposition.render(ProbeMetrics.of(result), null, null);
    loop.execute(this::next);
  }
}
