package io.github.websocketexporter.http;

import io.github.websocketexporter.config.EffectiveConfig;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.metrics.RejectionReason;
import io.github.websocketexporter.probe.FailureReason;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.ProbeResult;
import io.github.websocketexporter.probe.Prober;
import io.github.websocketexporter.report.DebugText;
import io.github.websocketexporter.report.History;
import io.github.websocketexporter.report.Pages;
import io.github.websocketexporter.report.RecentProbe;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Probes: {@code ?target=wss://host/path&module=NAME}. What the caller must mend is a 400; what is
 * wrong with the target is in the metrics of a 200, or with {@code debug=true} on a page for
 * people. What a probe found is kept to be looked at later.
 */
final class ProbeEndpoint implements Endpoint {
  private final LiveConfig config;
  private final ProbeRequestReader requests;
  private final Function<EventLoop, Prober> probers;
  private final ExporterMetrics metrics;
  private final History history;
  private final Pages pages;
  private final AdmissionControl admission;

  /**
   * The endpoint.
   *
   * @param config each probe takes all that it needs from one state of it
   * @param probers the prober of each event loop
   * @param history keeps what each probe found
   */
  ProbeEndpoint(
      LiveConfig config,
      Function<EventLoop, Prober> probers,
      ExporterMetrics metrics,
      History history,
      Pages pages) {
    this.config = config;
    this.history = history;
    this.pages = pages;
    requests = new ProbeRequestReader(metrics);
    this.probers = probers;
    this.metrics = metrics;
    admission = new AdmissionControl(config.current().config().probe().maxInFlight());
  }

  @Override
  public void handle(RequestHead head, HttpExchange exchange) {
    LoadedConfig now = config.current();
    ProbeRequest request;
    boolean debug;
    try {
      Map<String, List<String>> parameters = head.target().parameters();
      request = requests.read(head, parameters, now.config());
      debug = "true".equals(ProbeRequestReader.single(parameters, "debug"));
    } catch (BadRequestException | InvalidTargetException e) {
      exchange.respond(
          Response.text(HttpResponseStatus.BAD_REQUEST, String.valueOf(e.getMessage())));
      return;
    }
    Prober prober = probers.apply(exchange.loop());
    if (!prober.isReadyFor(request)) {
      exchange.respond(
          rejection(
              RejectionReason.STARTING,
              "The exporter has just started: it cannot look up names or speak TLS yet."));
      return;
    }
    if (!prober.hasTimeFor(request)) {
      exchange.respond(
          rejection(
              RejectionReason.EVENT_LOOP_DELAY,
              "The exporter has too much to do: the probe could run out of time on its account."));
      return;
    }
    Function<ProbeResult, Response> answer =
        debug ? pageFor(head, now.text()) : answerWith(MetricsResponse.askedBy(head));
    if (!admission.tryEnter()) {
      exchange.respond(
          rejection(
              RejectionReason.MAX_IN_FLIGHT,
              "As many probes as probe.max-in-flight allows are running."));
      return;
    }
    metrics.probeStarted();
    try {
      Prober.Probe probe =
          prober.start(
              request,
              result -> {
                admission.leave();
                metrics.probeEnded(result);
                exchange.respond(made(answer, result));
              });
      exchange.onAbort(probe::cancel);
    } catch (RuntimeException | Error e) {
      admission.leave();
      metrics.probeNotStarted();
      throw e;
    }
  }

  private static Response made(Function<ProbeResult, Response> answer, ProbeResult result) {
    try {
      return answer.apply(result);
    } catch (RuntimeException | Error e) {
      return Response.ofBug(e);
    }
  }

  /**
   * For a person: plain text, and for a browser a page. That has an address of its own, without the
   * target, which could hold a token.
   */
  private Function<ProbeResult, Response> pageFor(RequestHead head, EffectiveConfig config) {
    String accepted = head.combined(HttpHeaderNames.ACCEPT);
    if (accepted == null || !accepted.contains("text/html")) {
      return result -> {
        history.addAsked(result);
        return Response.page(DebugText.of(result, config).getBytes(StandardCharsets.UTF_8));
      };
    }
    String root = Pages.rootFrom(head.target().path());
    return result -> {
      RecentProbe probe = history.addAsked(result);
      return history.limit() == 0
          ? Response.html(pages.probe(probe))
          : Response.seeOther(root + Pages.PROBES + probe.id());
    };
  }

  private Function<ProbeResult, Response> answerWith(MetricsResponse form) {
    return result -> {
      FailureReason reason = result.failure() == null ? null : result.failure().reason();
      if (reason == FailureReason.TOO_MANY_OPEN_FILES) {
        return rejection(
            RejectionReason.TOO_MANY_OPEN_FILES,
            "The exporter has no file descriptor left for the probe.");
      }
      if (reason == FailureReason.TOO_MANY_SESSIONS) {
        return rejection(
            RejectionReason.MAX_SESSIONS, "As many connections as sessions.max allows are held.");
      }
      if (reason == FailureReason.NO_LOCAL_PORT) {
        return rejection(
            RejectionReason.NO_LOCAL_PORT,
            "The exporter has no local port left towards the target.");
      }
      history.add(result);
      return form.of(result);
    };
  }

  /**
   * Turns away a probe that the exporter has not the means for. That says nothing of the target, so
   * the answer has no metrics: a probe_success of 0 would be a false one.
   */
  private Response rejection(RejectionReason reason, String sentence) {
    metrics.probeRejected(reason);
    return Response.overloaded(sentence);
  }
}
