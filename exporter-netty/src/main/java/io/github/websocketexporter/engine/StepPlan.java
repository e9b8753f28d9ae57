package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.NamesAndTls;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Which steps a probe has: the only place that branches on the kind of a probe. */
final class StepPlan {
  private final Future<NamesAndTls> namesAndTls;
  private final Step resolve;
  private final Step connect;
  private final Step proxy = new ProxyStep();
  private final Step upgrade;
  private final Step messages = new MessagesStep();
  private final Step ping;

  StepPlan(ProbeResources resources, BooleanSupplier mayRepeatPings) {
    namesAndTls = resources.namesAndTls();
    resolve = new ResolveStep(namesAndTls);
    connect = new ConnectStep(resources.transport());
    upgrade = new UpgradeStep(resources.userAgent());
    ping = new PingStep(mayRepeatPings);
  }

  /** Whether all is there that the steps of {@code request} need. */
  boolean canRun(ProbeRequest request) {
    return namesAndTls.isSuccess() || !(resolves(request) || request.target().secure());
  }

  /** The steps of {@code request}, in their order. */
  List<Step> stepsOf(ProbeRequest request) {
    ProbeModule module = request.module();
    List<Step> steps = new ArrayList<>(7);
    if (resolves(request)) {
      steps.add(resolve);
    }
    steps.add(connect);
    if (module.proxy() != null) {
      steps.add(proxy);
    }
    if (request.target().secure()) {
      steps.add(new TlsStep(namesAndTls.getNow().tls().get(module.tls())));
    }
    steps.add(upgrade);
    if (module.upgrade().expectsRefusal()) {
      return steps;
    }
    if (!module.messages().isEmpty()) {
      steps.add(messages);
    }
    if (module.ping().count() > 0) {
      steps.add(ping);
    }
    return steps;
  }

  private static boolean resolves(ProbeRequest request) {
    Target target = request.target();
    return target.literalAddress().isEmpty();
  }
}
