package io.github.websocketexporter.config;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.probe.NamedTarget;
import java.time.Duration;
import java.util.Map;

/**
 * The whole configuration, checked. Immutable.
 *
 * @param web the exporter's own HTTP server
 * @param eventLoops the number of event loops, each on a thread of its own
 * @param transport what carries every connection
 * @param clock what stamps the arrival of a PONG
 * @param warmUp the longest that the exporter probes itself before it says that it is ready; zero
 *     for not at all
 * @param probe what holds for every probe
 * @param sessions how connections are held, for modules that are continuous
 * @param dns how names are resolved
 * @param modules the modules by name; {@code probe.defaultModule()} is one of them
 * @param targets the targets that requests ask for by name; the module of each is one of {@code
 *     modules}
 * @param historyLimit how many recent probes are kept for the pages; 0 for none
 * @param autoReloadInterval how often its file is looked at for changes; zero for never
 * @param log what is logged
 */
public record ExporterConfig(
    WebSettings web,
    int eventLoops,
    TransportKind transport,
    ClockKind clock,
    Duration warmUp,
    ProbeSettings probe,
    SessionSettings sessions,
    DnsSettings dns,
    Map<String, ProbeModule> modules,
    Map<String, NamedTarget> targets,
    int historyLimit,
    Duration autoReloadInterval,
    LogSettings log) {

  /**
   * The same with other limits.
   *
   * @param maxConnections the most connections of the HTTP server that are open at a time
   * @param maxInFlight the most probes that run at a time
   * @param maxSessions the most connections that are held at a time
   */
  public ExporterConfig withLimits(int maxConnections, int maxInFlight, int maxSessions) {
    return new ExporterConfig(
        web.withMaxConnections(maxConnections),
        eventLoops,
        transport,
        clock,
        warmUp,
        probe.withMaxInFlight(maxInFlight),
        sessions.withMax(maxSessions),
        dns,
        modules,
        targets,
        historyLimit,
        autoReloadInterval,
        log);
  }

  /** The same with all of {@code running} that is decided when the process starts. */
  ExporterConfig over(ExporterConfig running) {
    return new ExporterConfig(
        running.web.withProtection(web.protection()),
        running.eventLoops,
        running.transport,
        running.clock,
        running.warmUp,
        probe.withMaxInFlight(running.probe.maxInFlight()),
        running.sessions,
        running.dns,
        modules,
        targets,
        running.historyLimit,
        autoReloadInterval,
        log);
  }
}
