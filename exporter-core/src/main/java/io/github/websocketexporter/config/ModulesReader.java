package io.github.websocketexporter.config;

import io.github.websocketexporter.module.AddressFamily;
import io.github.websocketexporter.module.AddressPreference;
import io.github.websocketexporter.module.MessageStep;
import io.github.websocketexporter.module.PingSettings;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.ProxySettings;
import io.github.websocketexporter.module.TargetPolicy;
import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.module.UpgradeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code modules}: each module by the readers of its blocks. */
final class ModulesReader {
  /** What {@link #isName} expects. */
  static final String A_NAME = "a name of 1 to 100 letters, digits, underscores, dots and dashes";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.-]{1,100}");
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration MOST = Duration.ofHours(1);

  private final Duration timeout;
  private final Duration pingInterval;
  private final TargetPolicy policy;
  private final ModuleCheck check;

  /**
   * Takes from {@code probe} what holds for modules that do not say otherwise, and from {@code
   * policy} what holds for all of them.
   */
  ModulesReader(Block probe, Block policy) throws InvalidConfigException {
    timeout = probe.duration("timeout", LEAST, MOST);
    pingInterval = probe.duration("ping-interval", LEAST, MOST);
    this.policy = PolicyReader.rules(policy, "policy");
    check = new ModuleCheck(policy.flag("credentials-need-allowed-hosts"));
  }

  Map<String, ProbeModule> read(Block modules) throws InvalidConfigException {
    Map<String, ProbeModule> byName = new LinkedHashMap<>();
    for (String name : modules.names()) {
      if (!modules.has(name)) {
        continue;
      }
      if (!isName(name)) {
        throw modules.error(name, "expected " + A_NAME + ", but found another");
      }
      Block module = inherited(name, modules, new ArrayList<>()).over(Reference.MODULE);
      byName.put(name, module(name, module));
    }
    return Collections.unmodifiableMap(byName);
  }

  /** Whether {@code text} can name what a user configures. */
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** The block of a module, over that of the module that it extends. */
  private static Block inherited(String name, Block modules, List<String> heirs)
      throws InvalidConfigException {
    Block own = modules.block(name);
    if (!own.has("extends")) {
      return own;
    }
    heirs.add(name);
    String parent =
        own.text(
            "extends",
            text -> modules.has(text) && !heirs.contains(text),
            "the name of another module, which does not extend this one");
    return modules.blockOver(name, inherited(parent, modules, heirs));
  }

  private ProbeModule module(String name, Block module) throws InvalidConfigException {
    module.has("extends");
    Duration moduleTimeout =
        module.has("timeout") ? module.duration("timeout", LEAST, MOST) : timeout;
    AddressPreference addresses =
        new AddressPreference(
            module.choice("ip-protocol", AddressFamily.class), module.flag("ip-protocol-fallback"));
    TargetPolicy own = PolicyReader.read(module);
    @Nullable ProxySettings proxy = ProxyReader.read(module);
    TlsSettings tls = TlsReader.read(module);
    UpgradeSettings upgrade = UpgradeReader.read(module);
    MessagesReader reader = new MessagesReader();
    List<MessageStep> messages = reader.messages(module);
    @Nullable MessageStep heartbeat = reader.heartbeat(module);
    PingSettings ping = PingReader.read(module, moduleTimeout, pingInterval);
    ProbeModule read =
        ProbeModule.builder(name, moduleTimeout)
            .addresses(addresses)
            .policy(policy.and(own))
            .proxy(proxy)
            .tls(tls)
            .upgrade(upgrade)
            .messages(messages)
            .ping(ping)
            .continuous(ContinuousReader.read(module, upgrade, ping, heartbeat))
            .build();
    module.close();
    check.check(module, read);
    return read;
  }
}
