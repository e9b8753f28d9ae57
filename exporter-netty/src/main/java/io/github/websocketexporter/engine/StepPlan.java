package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.HostResolver;
import io.github.websocketexporter.transport.TlsClient;
import io.github.websocketexporter.transport.Transport;
import java.util.ArrayList;
import java.util.List;

/** Which steps a probe has: the only place that branches on the kind of a probe. */
final class StepPlan {
  private final Step resolve;
  private final Step connect;
  private final Step tls;
  private final Step upgrade;
  private final Step ping;

  StepPlan(Transport transport, HostResolver resolver, TlsClient tlsClient, String userAgent) {
    resolve = new ResolveStep(resolver);
    connect = new ConnectStep(transport);
    tls = new TlsStep(tlsClient);
    upgrade = new UpgradeStep(userAgent);
    ping = new PingStep();
  }

  /** The steps towards {@code target}, in their order. */
  List<Step> stepsOf(Target target) {
    List<Step> steps = new ArrayList<>(5);
    if (target.literalAddress().isEmpty()) {
      steps.add(resolve);
    }
    steps.add(connect);
    if (target.secure()) {
      steps.add(tls);
    }
    steps.add(upgrade);
    steps.add(ping);
    return steps;
  }
}
