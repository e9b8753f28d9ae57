package io.github.websocketexporter.config;

import io.github.websocketexporter.module.ProbeModule;
import java.time.Duration;
import java.util.Map;

/** Reads the outermost block, and by the readers of its blocks all of the configuration. */
final class ConfigReader {
  private ConfigReader() {}

  static ExporterConfig read(Block root) throws InvalidConfigException {
    if (root.names().contains(Reference.MODULE_KEY)) {
      throw root.error(Reference.MODULE_KEY, "expected in modules: the defaults are fixed");
    }
    Block web = root.block("web");
    Block probe = root.block("probe");
    Block dns = root.block("dns");
    Block policy = root.block("policy");
    Block history = root.block("history");
    Block config = root.block("config");
    Block log = root.block("log");
    Map<String, ProbeModule> modules = new ModulesReader(probe, policy).read(root.block("modules"));
    ProbeSettings probeSettings =
        new ProbeSettings(
            probe.text(
                "default-module",
                modules::containsKey,
                "the name of a module, one of " + String.join(", ", modules.keySet())),
            probe.duration("timeout-offset", Duration.ZERO, Duration.ofMinutes(1)),
            probe.integer("max-in-flight", 1, 1_000_000));
    ExporterConfig read =
        new ExporterConfig(
            WebReader.read(web),
            root.integer("event-loops", 1, 256),
            root.choice("transport", TransportKind.class),
            root.choice("clock", ClockKind.class),
            root.duration("warm-up", Duration.ZERO, Duration.ofMinutes(1)),
            probeSettings,
            SessionsReader.read(root.block("sessions")),
            DnsReader.read(dns),
            modules,
            TargetsReader.read(root.block("targets"), modules),
            history.integer("limit", 0, 1_000),
            config.duration("auto-reload-interval", Duration.ZERO, Duration.ofHours(1)),
            new LogSettings(
                log.choice("level", LogSettings.Level.class),
                log.choice("format", LogSettings.Format.class)));
    for (Block block : new Block[] {web, probe, dns, policy, history, config, log, root}) {
      block.close();
    }
    return read;
  }
}
