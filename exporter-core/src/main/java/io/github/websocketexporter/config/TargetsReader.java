package io.github.websocketexporter.config;

import io.github.websocketexporter.module.Authorization;
import io.github.websocketexporter.module.Secret;
import io.github.websocketexporter.probe.InvalidTargetException;
import io.github.websocketexporter.probe.NamedTarget;
import io.github.websocketexporter.probe.Target;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code targets}. */
final class TargetsReader {
  private TargetsReader() {}

  /**
   * Reads the block.
   *
   * @param modules the names of the modules that there are
   */
  static Map<String, NamedTarget> read(Block targets, Set<String> modules)
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

  private static NamedTarget target(String name, Block block, Set<String> modules)
      throws InvalidConfigException {
    Target target = url(block).named(name);
    @Nullable String module =
        block.has("module")
            ? block.unquoted(
                "module",
                modules::contains,
                "the name of a module, one of " + String.join(", ", modules))
            : null;
    @Nullable Authorization authorization = AuthorizationReader.read(block);
    return new NamedTarget(target, module, HeadersReader.read(block, authorization), authorization);
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
