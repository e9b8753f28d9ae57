package io.github.websocketexporter.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValueFactory;
import io.github.websocketexporter.module.ProbeModule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link ExporterConfig} of reference.conf, a HOCON file and the flags of the command
 * line; each wins over the ones before it.
 */
public final class ConfigLoader {
  /** The resource that holds every key and its default. */
  static final String REFERENCE = "reference.conf";

  private static final String ROOT = "websocket-exporter";

  private static final String NOT_READABLE = ": no such file, or not readable";

  private ConfigLoader() {}

  /**
   * The flags of the command line that set a key.
   *
   * <p>Their values are checked with all others, so that a bad one is reported in the same words,
   * with the flag's name in place of file and line.
   */
  public static final class Flags {
    private final Map<String, Flag> byKey = new LinkedHashMap<>();

    private record Flag(String name, Object value) {}

    /**
     * Notes that {@code flag} sets {@code key}, a path below the root, to {@code value}: a string,
     * or a list of strings. Does nothing if {@code value} is null.
     */
    public Flags set(String flag, String key, @Nullable Object value) {
      if (value != null) {
        byKey.put(key, new Flag(flag, value));
      }
      return this;
    }

    private Config toConfig() {
      Config config = ConfigFactory.empty();
      for (Map.Entry<String, Flag> entry : byKey.entrySet()) {
        Flag flag = entry.getValue();
        config =
            config.withValue(
                ROOT + "." + entry.getKey(),
                ConfigValueFactory.fromAnyRef(flag.value(), flag.name()));
      }
      return config;
    }
  }

  /**
   * Loads and checks the configuration. Reads files: not for an event loop.
   *
   * @param file the HOCON file, null for none
   * @throws InvalidConfigException if it cannot be used; the message says why
   */
  public static ExporterConfig load(@Nullable Path file, Flags flags)
      throws InvalidConfigException {
    try {
      Config user = file == null ? ConfigFactory.empty() : parse(file);
      Config all =
          flags
              .toConfig()
              .withFallback(user)
              .withFallback(ConfigFactory.parseResources(REFERENCE, loader()))
              .resolve();
      Block top = Block.top(all.root(), new Reading(file == null ? null : file.getParent()));
      Block root = top.block(ROOT);
      top.close();
      return read(root);
    } catch (ConfigException.UnresolvedSubstitution e) {
      throw new InvalidConfigException(Block.describe(e.origin()) + ": " + withoutOrigin(e));
    } catch (ConfigException.IO e) {
      throw new InvalidConfigException(Block.describe(e.origin()) + NOT_READABLE);
    } catch (ConfigException.Parse e) {
      throw new InvalidConfigException(
          Block.describe(e.origin()) + ": not valid HOCON: " + withoutOrigin(e));
    } catch (ConfigException e) {
      throw new InvalidConfigException(String.valueOf(e.getMessage()));
    }
  }

  private static ExporterConfig read(Block root) throws InvalidConfigException {
    Block web = root.block("web");
    Block probe = root.block("probe");
    Block dns = root.block("dns");
    Block log = root.block("log");
    Map<String, ProbeModule> modules = new ModulesReader(probe).read(root.block("modules"));
    ProbeSettings probeSettings =
        new ProbeSettings(
            probe.text(
                "default-module",
                modules::containsKey,
                "the name of a module, one of " + String.join(", ", modules.keySet())),
            probe.duration("timeout-offset", Duration.ZERO, Duration.ofMinutes(1)),
            probe.integer("max-in-flight", 1, 1_000_000));
    ExporterConfig config =
        new ExporterConfig(
            WebReader.read(web),
            root.integer("event-loops", 1, 256),
            root.choice("transport", TransportKind.class),
            root.choice("clock", ClockKind.class),
            root.duration("warm-up", Duration.ZERO, Duration.ofMinutes(1)),
            probeSettings,
            DnsReader.read(dns),
            modules,
            new LogSettings(
                log.choice("level", LogSettings.Level.class),
                log.choice("format", LogSettings.Format.class)));
    for (Block block : new Block[] {web, probe, dns, log, root}) {
      block.close();
    }
    return config;
  }

  private static Config parse(Path file) throws InvalidConfigException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new InvalidConfigException(file + NOT_READABLE);
    }
    return ConfigFactory.parseFile(
        file.toFile(),
        ConfigParseOptions.defaults().setSyntax(ConfigSyntax.CONF).setAllowMissing(false));
  }

  /** The parser's message begins with the place, which is written our own way already. */
  private static String withoutOrigin(ConfigException.Parse e) {
    String message = String.valueOf(e.getMessage());
    String origin = e.origin().description() + ": ";
    return message.startsWith(origin) ? message.substring(origin.length()) : message;
  }

  private static ConfigParseOptions loader() {
    return ConfigParseOptions.defaults().setClassLoader(ConfigLoader.class.getClassLoader());
  }
}
