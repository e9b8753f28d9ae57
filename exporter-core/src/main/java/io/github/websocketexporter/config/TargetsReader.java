package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.NamedTarget;
import io.github.websocketexporter.probe.Target;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code targets}. */
final class TargetsReader {
  private TargetsReader() {}

  /**
   * Reads the block.
   *
   * @param modules the modules that there are, by name
   */
  static Map<String, NamedTarget> read(Block targets, Map<String, ProbeModule> modules)
      throws InvalidConfigException {
    Map<String, NamedTarget> byName = new LinkedHashMap<>();
    for (String name : targets.names()) {
      if (!targets.has(name)) {
        continue;
      }
      if (!ModulesReader.isName(name)) {
        throw targets.error(name, "expected " + ModulesReader.A_NAME + ", but found another");
      }
      Block block = targets.block(name);
      byName.put(name, target(name, block, modules));
      block.close();
    }
    return Collections.unmodifiableMap(byName);
  }

  private static NamedTarget target(String name, Block block, Map<String, ProbeModule> modules)
      throws InvalidConfigException {
    Target target = url(block).named(name);
    @Nullable String module =
        block.has("module")
            ? block.unquoted(
                "module",
                modules::containsKey,
                "the name of a module, one of " + String.join(", ", modules.keySet()))
            : null;
    @Nullable Authorization authorization = AuthorizationReader.read(block);
    NamedTarget read =
        new NamedTarget(target, module, HeadersReader.read(block, authorization), authorization);
    if (module != null) {
      ModuleCheck.check(block, read, requireNonNull(modules.get(module)));
    }
    return read;
  }

  private static Target url(Block block) throws InvalidConfigException {
    Secret url = block.secret("url", text -> true, "a URL such as wss://host/path");
    try {
      return Target.parse(url.reveal());
    } catch (InvalidTargetException e) {
      throw block.error("url", String.valueOf(e.getMessage()));
    }
  }
}
