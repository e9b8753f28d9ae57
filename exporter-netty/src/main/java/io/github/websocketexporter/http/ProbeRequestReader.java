package io.github.websocketexporter.http;

import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidChoiceException;
import io.github.websocketexporter.config.ProbeChoice;
import io.github.websocketexporter.config.UnknownModuleException;
import io.github.websocketexporter.metrics.ExporterMetrics;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.ProbeRequest;
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
    ProbeChoice choice;
    try {
      choice = ProbeChoice.of(config, target, single(parameters, "module"));
    } catch (UnknownModuleException e) {
      metrics.moduleUnknown();
      throw new BadRequestException(String.valueOf(e.getMessage()));
    } catch (InvalidChoiceException e) {
      throw new BadRequestException(String.valueOf(e.getMessage()));
    }
    ScrapeTimeout timeout = ScrapeTimeout.of(head.headers().get(TIMEOUT_HEADER));
    return new ProbeRequest(
        choice.target(),
        choice.module(),
        timeout.limit(choice.module().timeout(), config.probe().timeoutOffset()));
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
