package io.github.websocketexporter.http;

import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.NamedTarget;
import io.github.websocketexporter.probe.ProbeRequest;
import io.github.websocketexporter.probe.Target;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a request wants to be probed, and how: the parameter {@code target}, which is a URL or
 * the name of a target of the configuration, and {@code module}.
 */
final class ProbeRequestReader {
  private static final String TIMEOUT_HEADER = "X-Prometheus-Scrape-Timeout-Seconds";

  private final ExporterMetrics metrics;

  /** A reader that has {@code metrics} count requests for modules that there are not. */
  ProbeRequestReader(ExporterMetrics metrics) {
    this.metrics = metrics;
  }

  /**
   * Reads a request by the modules and the targets of {@code config}.
   *
   * @param parameters those of {@code head}, which are decoded anew each time they are asked for
   * @throws BadRequestException if the caller must mend it; the message says how
   * @throws InvalidTargetException if the URL is not one of a target; the message says why
   */
  ProbeRequest read(RequestHead head, Map<String, List<String>> parameters, ExporterConfig config)
      throws BadRequestException, InvalidTargetException {
    String target = single(parameters, "target");
    if (target == null) {
      throw new BadRequestException(
          "The parameter target is missing: ask for ?target=wss://host/path.");
    }
    String moduleName = single(parameters, "module");
    ProbeModule module =
        module(config, moduleName == null ? config.probe().defaultModule() : moduleName);
    ScrapeTimeout timeout = ScrapeTimeout.of(head.headers().get(TIMEOUT_HEADER));
    if (target.contains("://")) {
      return request(config, Target.parse(target), module, timeout);
    }
    NamedTarget named = named(config, target, moduleName);
    ProbeModule own = named.module() == null ? module : module(config, named.module());
    return request(config, named.target(), named.addedTo(own), timeout);
  }

  private static ProbeRequest request(
      ExporterConfig config, Target target, ProbeModule module, ScrapeTimeout timeout) {
    return new ProbeRequest(
        target, module, timeout.limit(module.timeout(), config.probe().timeoutOffset()));
  }

  private ProbeModule module(ExporterConfig config, String name) throws BadRequestException {
    ProbeModule module = config.modules().get(name);
    if (module == null) {
      metrics.moduleUnknown();
      throw new BadRequestException("There is no module of that name.");
    }
    return module;
  }

  private static NamedTarget named(ExporterConfig config, String name, @Nullable String moduleName)
      throws BadRequestException {
    NamedTarget named = config.targets().get(name);
    if (named == null) {
      throw new BadRequestException(
          "The target is neither a URL such as wss://host/path"
              + " nor the name of a target of the configuration.");
    }
    if (named.module() != null && moduleName != null && !moduleName.equals(named.module())) {
      throw new BadRequestException(
          "The target has a module of its own: leave out the parameter module.");
    }
    return named;
  }

  /**
   * The value of a parameter; null if it is not there, or empty.
   *
   * @throws BadRequestException if it is given more than once
   */
  static @Nullable String single(Map<String, List<String>> parameters, String name)
      throws BadRequestException {
    List<String> values = parameters.getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw new BadRequestException("The parameter " + name + " is given more than once.");
    }
    return values.isEmpty() || values.get(0).isEmpty() ? null : values.get(0);
  }
}
