package io.github.websocketexporter.config;

import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads the block {@code modules}. */
final class ModulesReader {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,100}");
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(1);

  private static final PingSettings PING = new PingSettings(Duration.ofMillis(1));

  private final Duration timeout;

  /** Takes from {@code probe} what holds for modules that do not say otherwise. */
  ModulesReader(Block probe) throws InvalidConfigException {
    timeout = probe.duration("timeout", LEAST, MOST);
  }

  Map<String, ProbeModule> read(Block modules) throws InvalidConfigException {
    Map<String, ProbeModule> byName = new LinkedHashMap<>();
    for (String name : modules.names()) {
      if (!NAME.matcher(name).matches()) {
        throw new InvalidConfigException(
            "%s: expected a name of 1 to 100 letters, digits, underscores, dots and dashes, but found \"%s\""
                .formatted(modules.place(name), name));
      }
      byName.put(name, module(name, modules.block(name)));
    }
    return Collections.unmodifiableMap(byName);
  }

  private ProbeModule module(String name, Block module) throws InvalidConfigException {
    Duration moduleTimeout =
        module.has("timeout") ? module.duration("timeout", LEAST, MOST) : timeout;
    AddressFamily family =
        module.has("ip-protocol")
            ? module.choice("ip-protocol", AddressFamily.class)
            : AddressFamily.IP4;
    boolean fallback = !module.has("ip-protocol-fallback") || module.flag("ip-protocol-fallback");
    PingSettings ping = module.has("ping") ? ping(module.block("ping")) : PING;
    module.close();
    return new ProbeModule(name, moduleTimeout, new AddressPreference(family, fallback), ping);
  }

  private static PingSettings ping(Block ping) throws InvalidConfigException {
    Duration maxUncertainty =
        ping.has("max-uncertainty")
            ? ping.duration("max-uncertainty", Duration.ofNanos(1_000), MOST)
            : PING.maxUncertainty();
    ping.close();
    return new PingSettings(maxUncertainty);
  }
}
