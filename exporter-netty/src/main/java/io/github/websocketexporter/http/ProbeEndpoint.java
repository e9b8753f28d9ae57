package io.github.websocketexporter.http;

import io.github.websocketexporter.config.ProbeSettings;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.metrics.RejectionReason;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.probe.Target;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Probes: {@code ?target=wss://host/path&module=NAME}. What the caller must mend is a 400; what is
 * wrong with the target is in the metrics of a 200.
 */
final class ProbeEndpoint implements Endpoint {
  private static final String TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds";

  private final ProbeSettings settings;
  private final Map<String, ProbeModule> modules;
  private final Function<EventLoop, Prober> probers;
  private final ExporterMetrics metrics;
  private final AdmissionControl admission;

  /**
   * The endpoint.
   *
   * @param probers the prober of each event loop
   */
  ProbeEndpoint(
      ProbeSettings settings,
      Map<String, ProbeModule> modules,
      Function<EventLoop, Prober> probers,
      ExporterMetrics metrics) {
    this.settings = settings;
    this.modules = modules;
    this.probers = probers;
    this.metrics = metrics;
    admission = new AdmissionControl(settings.maxInFlight());
  }

  @Override
  public void handle(RequestHead head, HttpExchange exchange) {
    ProbeRequest request;
    try {
      request = read(head);
    } catch (BadRequestException | InvalidTargetException e) {
      exchange.respond(
          Response.text(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage())));
      return;
    }
    Prober prober = probers.apply(exchange.loop());
    if (!prober.isReadyFor(request)) {
      reject(
          exchange,
          RejectionReason.STARTING,
          "The exporter has just started: it cannot look up names or speak TLS yet.");
      return;
    }
    MetricsResponse form = MetricsResponse.askedBy(head);
    if (!admission.tryEnter()) {
      reject(
          exchange,
          RejectionReason.MAX_IN_FLIGHT,
          "As many probes as probe.max-in-flight allows are running.");
      return;
    }
    metrics.probeStarted();
    Prober.Probe probe =
        prober.start(
            request,
            result -> {
              admission.leave();
              metrics.probeEnded(result);
              answer(exchange, form, result);
            });
    exchange.onAbort(probe::cancel);
  }

  private void answer(HttpExchange exchange, MetricsResponse form, ProbeResult result) {
    try {
      FailureReason reason = result.failure() == null ? null : result.failure().reason();
      if (reason == FailureReason.TOO_MANY_OPEN_FILES) {
        reject(
            exchange,
            RejectionReason.TOO_MANY_OPEN_FILES,
            "The exporter has no file descriptor left for the probe.");
      } else if (reason == FailureReason.NO_LOCAL_PORT) {
        reject(
            exchange,
            RejectionReason.NO_LOCAL_PORT,
            "The exporter has no local port left towards the target.");
      } else {
        exchange.respond(form.of(result));
      }
    } catch (RuntimeException | Error e) {
      exchange.respond(Response.ofBug(e));
    }
  }

  /**
   * Turns away a probe that the exporter has not the means for. That says nothing of the target, so
   * the answer has no metrics: a probe_success of 0 would be a false one.
   */
  private void reject(HttpExchange exchange, RejectionReason reason, String sentence) {
    metrics.probeRejected(reason);
    exchange.respond(Response.overloaded(sentence));
  }

  private ProbeRequest read(RequestHead head) throws BadRequestException, InvalidTargetException {
    Map<String, List<String>> parameters = head.target().parameters();
    String target = single(parameters, "target");
    if (target == null || target.isEmpty()) {
      throw new BadRequestException(
          "The parameter target is missing: ask for ?target=wss://host/path.");
    }
    String moduleName = single(parameters, "module");
    ProbeModule module =
        modules.get(
            moduleName == null || moduleName.isEmpty() ? settings.defaultModule() : moduleName);
    if (module == null) {
      metrics.moduleUnknown();
      throw new BadRequestException("There is no module of that name.");
    }
    ScrapeTimeout timeout = ScrapeTimeout.of(head.headers().get(TIMEOUT_HEADER));
    return new ProbeRequest(
        Target.parse(target), module, timeout.limit(module.timeout(), settings.timeoutOffset()));
  }

  private static @Nullable String single(Map<String, List<String>> parameters, String name)
      throws BadRequestException {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new BadRequestException("The parameter " + name + " is given more than once.");
    }
    return values.isEmpty() ? null : values.get(0);
  }
}
