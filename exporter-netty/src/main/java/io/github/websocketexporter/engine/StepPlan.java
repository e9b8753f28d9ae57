package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Which steps a probe has: the only place that branches on the kind of a probe. */
final class StepPlan {
  private final Step resolve;
  private final Step connect;
  private final Step tls;
  private final Step upgrade;
  private final Step ping;

  StepPlan(ProbeResources resources, BooleanSupplier mayRepeatPings) {
    resolve = new ResolveStep(resources.resolver());
    connect = new ConnectStep(resources.transport());
    tls = new TlsStep(resources.tls());
    upgrade = new UpgradeStep(resources.userAgent());
    ping = new PingStep(mayRepeatPings);
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
