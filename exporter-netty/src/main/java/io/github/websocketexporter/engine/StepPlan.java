package io.github.websocketexporter.engine;

import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.NamesAndTls;
import io.netty.util.concurrent.Future;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Which steps a probe has: the only place that branches on the kind of a probe. */
final class StepPlan {
  private final Future<NamesAndTls> namesAndTls;
  private final List<Step> ws;
  private final List<Step> wss;

  StepPlan(ProbeResources resources, BooleanSupplier mayRepeatPings) {
    namesAndTls = resources.namesAndTls();
    Step resolve = new ResolveStep(namesAndTls);
    Step connect = new ConnectStep(resources.transport());
    Step tls = new TlsStep(namesAndTls);
    Step upgrade = new UpgradeStep(resources.userAgent());
    Step ping = new PingStep(mayRepeatPings);
    ws = List.of(resolve, connect, upgrade, ping);
    wss = List.of(resolve, connect, tls, upgrade, ping);
  }

  /** Whether all is there that the steps towards {@code target} need. */
  boolean canRun(Target target) {
    return namesAndTls.isSuccess() || (target.literalAddress().isPresent() && !target.secure());
  }

  /** The steps towards {@code target}, in their order. */
  List<Step> stepsOf(Target target) {
    List<Step> steps = target.secure() ? wss : ws;
    return target.literalAddress().isPresent() ? steps.subList(1, steps.size()) : steps;
  }
}
