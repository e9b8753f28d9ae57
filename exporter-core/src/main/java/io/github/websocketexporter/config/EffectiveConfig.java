package io.github.websocketexporter.config;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The configuration as its user wrote it, completed by the defaults. It shows itself as HOCON in
 * which each secret is a mask. Immutable.
 */
public final class EffectiveConfig {
  /** What is decided when the process starts, below the root. */
  private static final List<String> FIXED =
      List.of(
          "web.listen-addresses",
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
          "probe.max-in-flight");

  private static final ConfigValue MASK = ConfigValueFactory.fromAnyRef("***");

  /** How {@link Block} names a block of a list. */
  private static final Pattern ELEMENT = Pattern.compile("(.+)\\[(\\d+)]");

  private static final ConfigRenderOptions HOCON =
      ConfigRenderOptions.defaults().setJson(false).setOriginComments(false).setComments(false);

  private final Config all;
  private final Set<List<String>> secrets;

  /**
   * A configuration that was read.
   *
   * @param all the whole of it, from the root on
   * @param secrets the paths of the values in it that are secrets
   */
  EffectiveConfig(Config all, Set<List<String>> secrets) {
    this.all = all;
    this.secrets = Set.copyOf(secrets);
  }

  /** The whole of it. */
  @Override
  public String toString() {
    return masked().render(HOCON);
  }

  /** The block of one module, with what it has of those that it extends. */
  public String module(String name) {
    ConfigObject modules = masked().toConfig().getObject(ConfigLoader.ROOT + ".modules");
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

  private ConfigObject masked() {
    ConfigObject masked = all.root();
    for (List<String> secret : secrets) {
      masked = (ConfigObject) masked(masked, secret);
    }
    return masked;
  }

  private static ConfigValue masked(ConfigValue value, List<String> path) {
    if (path.isEmpty()) {
      return MASK;
    }
    if (!(value instanceof ConfigObject block)) {
      return value; // An inherited secret, which stands where it is inherited from.
    }
    String key = path.get(0);
    List<String> below = path.subList(1, path.size());
    ConfigValue child = block.get(key);
    if (child != null) {
      return block.withValue(key, masked(child, below));
    }
    Matcher element = ELEMENT.matcher(key);
    return element.matches() && block.get(element.group(1)) instanceof ConfigList list
        ? block.withValue(element.group(1), masked(list, Integer.parseInt(element.group(2)), below))
        : block;
  }

  private static ConfigValue masked(ConfigList list, int index, List<String> path) {
    List<ConfigValue> elements = new ArrayList<>(list);
    elements.set(index, masked(elements.get(index), path));
    return ConfigValueFactory.fromIterable(elements);
  }

  /** The same with the keys of {@code running} that are fixed at the start. */
  EffectiveConfig over(EffectiveConfig running) {
    Config merged = all;
    for (String key : FIXED) {
      merged = merged.withValue(rooted(key), running.all.getValue(rooted(key)));
    }
    Set<List<String>> both = new HashSet<>(secrets);
    both.addAll(running.secrets);
    return new EffectiveConfig(merged, both);
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
    ConfigValue value = all.getValue(rooted(key));
    return value.atPath(key).entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().unwrapped()));
  }

  private static String rooted(String key) {
    return ConfigLoader.ROOT + "." + key;
  }
}
