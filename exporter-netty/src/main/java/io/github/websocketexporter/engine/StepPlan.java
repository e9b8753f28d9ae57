package io.github.websocketexporter.engine;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.Phase;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.Target;
import io.github.websocketexporter.transport.NamesAndTls;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Which steps a probe has: the only place that branches on the kind of a probe. */
final class StepPlan {
  private final Future<NamesAndTls> namesAndTls;
  private final Step resolveTarget;
  private final Step resolveProxy;
  private final Step connect;
  private final Step proxy;
  private final Step upgrade;
  private final Step messages = new MessagesStep();
  private final Step ping;

  StepPlan(ProbeResources resources, BooleanSupplier mayRepeatPings) {
    namesAndTls = resources.namesAndTls();
    resolveTarget = ResolveStep.ofTarget(namesAndTls);
    resolveProxy = ResolveStep.ofProxy(namesAndTls);
    connect = new ConnectStep(resources.transport());
    proxy = new ProxyStep(resources.userAgent());
    upgrade = new UpgradeStep(resources.userAgent());
    ping = new PingStep(mayRepeatPings);
  }

  /** Whether all is there that the steps of {@code request} need. */
  boolean canRun(ProbeRequest request) {
    if (namesAndTls.isSuccess()) {
      return true;
    }
    Route route = Route.of(request);
    return !route.resolvesTarget() && !route.resolvesProxy() && !request.target().secure();
  }

  /**
   * The steps of {@code request}, which goes along {@code route}, in their order. Where the
   * connection is held, they end where its beats begin.
   */
  List<Step> stepsOf(ProbeRequest request, Route route) {
    ProbeModule module = request.module();
    Target target = request.target();
    InetAddress literal = target.literalAddress().orElse(null);
    String against =
        module.policy().listAgainst(target.secure(), target.host(), literal, target.port());
    if (against != null) {
      return List.of(new DeniedStep(literal == null ? Phase.RESOLVE : Phase.CONNECT, against));
    }
    List<Step> steps = new ArrayList<>(8);
    if (route.resolvesTarget()) {
      steps.add(resolveTarget);
    }
    if (route.resolvesProxy()) {
      steps.add(resolveProxy);
    }
    steps.add(connect);
    if (route.proxy() != null) {
      steps.add(proxy);
    }
    if (target.secure()) {
      steps.add(new TlsStep(namesAndTls.getNow().tls().get(module.tls())));
    }
    steps.add(upgrade);
    if (module.upgrade().expectsRefusal()) {
      return steps;
    }
    if (!module.messages().isEmpty()) {
      steps.add(messages);
    }
    if (module.continuous() == null && module.ping().count() > 0) {
      steps.add(ping);
    }
    return steps;
  }
}
