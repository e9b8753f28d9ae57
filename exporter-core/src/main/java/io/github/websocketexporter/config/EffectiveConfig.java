package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The configuration as its user wrote it, completed by the defaults. It shows itself as HOCON in
 * which each secret is a mask. Immutable.
 */
public final class EffectiveConfig {
  /** What is decided when the process starts, below the root. */
  private static final List<String> FIXED =
      List.of(
          "web.listen-addresses",
          "web.external-url",
          "web.route-prefix",
          "web.telemetry-path",
          "web.probe-path",
          "web.enable-lifecycle",
          "web.max-connections",
          "web.max-request-line",
          "web.max-header-size",
          "web.request-timeout",
          "web.idle-timeout",
          "web.shutdown-delay",
          "event-loops",
          "transport",
          "clock",
          "warm-up",
          "dns",
          "probe.max-in-flight",
          "sessions",
          "history");

  private static final ConfigValue MASK = ConfigValueFactory.fromAnyRef("***");

  private static final ConfigRenderOptions HOCON =
      ConfigRenderOptions.defaults().setJson(false).setOriginComments(false).setComments(false);

  private final Config all;
  private final Set<List<String>> secrets;
  private final Config limits;
  private final ConfigObject masked;

  /** Kept, for it can be long, and is shown to whoever asks. */
  private final String text;

  /**
   * A configuration that was read.
   *
   * @param all the whole of it, from the root on
   * @param secrets the paths of the values in it that are secrets
   */
  EffectiveConfig(Config all, Set<List<String>> secrets) {
    this(all, secrets, ConfigFactory.empty());
  }

  /** The same where {@code limits} hold in place of what {@code all} has for them. */
  private EffectiveConfig(Config all, Set<List<String>> secrets, Config limits) {
    this.all = all;
    this.secrets = Set.copyOf(secrets);
    this.limits = limits;
    this.masked = (ConfigObject) masked(limits.withFallback(all).root(), List.of());
    this.text = masked.withFallback(Reference.ALL).render(HOCON);
  }

  /** The whole of it, and what modules are but for the keys that they set. */
  @Override
  public String toString() {
    return text;
  }

  /** The block of one module, with what it has of those that it extends. */
  public String module(String name) {
    ConfigObject modules = masked.toConfig().getObject(ConfigLoader.ROOT + ".modules");
    ConfigObject module = inherited(modules, name).withoutKey("extends");
    return module.atKey(name).root().render(HOCON);
  }

  private static ConfigObject inherited(ConfigObject modules, String name) {
    ConfigObject own = (ConfigObject) requireNonNull(modules.get(name));
    ConfigValue parent = own.get("extends");
    return parent == null || parent.valueType() == ConfigValueType.NULL
        ? own
        : own.withFallback(inherited(modules, String.valueOf(parent.unwrapped())));
  }

  private ConfigValue masked(ConfigValue value, List<String> path) {
    if (secrets.contains(path)) {
      return MASK;
    }
    if (value instanceof ConfigObject block) {
      Map<String, ConfigValue> values = new HashMap<>();
      block.forEach((key, child) -> values.put(key, masked(child, append(path, key))));
      return ConfigValueFactory.fromMap(values);
    }
    if (value instanceof ConfigList list) {
      List<ConfigValue> values = new ArrayList<>();
      for (ConfigValue element : list) {
        values.add(masked(element, element(path, values.size())));
      }
      return ConfigValueFactory.fromIterable(values);
    }
    return value;
  }

  private static List<String> append(List<String> path, String key) {
    return Stream.concat(path.stream(), Stream.of(key)).toList();
  }

  /** As {@link Block} names a block of a list. */
  private static List<String> element(List<String> path, int index) {
    int last = path.size() - 1;
    return append(path.subList(0, last), path.get(last) + "[" + index + "]");
  }

  /** The same with the limits that hold; those that were asked for are what the next is held to. */
  EffectiveConfig withLimits(int maxConnections, int maxInFlight, int maxSessions) {
    return new EffectiveConfig(
        all,
        secrets,
        ConfigFactory.parseMap(
            Map.of(
                rooted("web.max-connections"),
                maxConnections,
                rooted("probe.max-in-flight"),
                maxInFlight,
                rooted("sessions.max"),
                maxSessions)));
  }

  /** The same with the keys of {@code running} that are fixed at the start. */
  EffectiveConfig over(EffectiveConfig running) {
    Config merged = all;
    for (String key : FIXED) {
      merged = merged.withValue(rooted(key), value(running.all, key));
    }
    Set<List<String>> both = new HashSet<>(secrets);
    both.addAll(running.secrets);
    return new EffectiveConfig(merged, both, running.limits);
  }

  /** The keys that are fixed at the start and have other values than in {@code running}. */
  List<String> fixedKeysThatDiffer(EffectiveConfig running) {
    Set<String> differing = new TreeSet<>();
    for (String key : FIXED) {
      Map<String, Object> here = values(key);
      Map<String, Object> there = running.values(key);
      Set<String> names = new TreeSet<>(here.keySet());
      names.addAll(there.keySet());
      names.removeIf(
          name -> String.valueOf(here.get(name)).equals(String.valueOf(there.get(name))));
      differing.addAll(names);
    }
    return List.copyOf(differing);
  }

  /** The values at and below {@code key} by their whole names. */
  private Map<String, Object> values(String key) {
    return value(all, key).atPath(key).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().unwrapped()));
  }

  private static ConfigValue value(Config config, String key) {
    return config.getIsNull(rooted(key))
        ? ConfigValueFactory.fromAnyRef(null)
        : config.getValue(rooted(key));
  }

  private static String rooted(String key) {
    return ConfigLoader.ROOT + "." + key;
  }
}
