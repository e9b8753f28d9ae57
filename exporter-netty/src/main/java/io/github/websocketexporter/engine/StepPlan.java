package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Target;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Which steps a probe has: the only place that branches on the kind of a probe. */
final class StepPlan {
  private final List<Step> ws;
  private final List<Step> wss;

  StepPlan(ProbeResources resources, BooleanSupplier mayRepeatPings) {
    Step resolve = new ResolveStep(resources.resolver());
    Step connect = new ConnectStep(resources.transport());
    Step tls = new TlsStep(resources.tls());
    Step upgrade = new UpgradeStep(resources.userAgent());
    Step ping = new PingStep(mayRepeatPings);
    ws = List.of(resolve, connect, upgrade, ping);
    wss = List.of(resolve, connect, tls, upgrade, ping);
  }

  /** The steps towards {@code target}, in their order. */
  List<Step> stepsOf(Target target) {
    List<Step> steps = target.secure() ? wss : ws;
    return target.literalAddress().isPresent() ? steps.subList(1, steps.size()) : steps;
  }
}
