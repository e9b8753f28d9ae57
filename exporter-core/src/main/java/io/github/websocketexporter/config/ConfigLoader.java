package io.github.websocketexporter.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import com.typesafe.config.ConfigValueFactory;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes an {@link ExporterConfig} of reference.conf, a HOCON file and the flags of the command
 * line; each wins over the ones before it.
 */
public final class ConfigLoader {
  /** The key that holds everything. */
  static final String ROOT = "websocket-exporter";

  private static final String NOT_READABLE = ": no such file, or not readable";

  /** A quotation of more than a character, or a value in the library's own notation. */
  private static final Pattern MAY_QUOTE = Pattern.compile("'[^']{2,}|\"|\\(");

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
    return parse(file, flags).read().config();
  }

  /**
   * Reads the text of the configuration. Reads files: not for an event loop.
   *
   * @param file the HOCON file, null for none
   * @throws InvalidConfigException if it is not one; the message says why, and quotes nothing of it
   */
  public static ParsedConfig parse(@Nullable Path file, Flags flags) throws InvalidConfigException {
    try {
      List<ReadFile> files = new ArrayList<>();
      Config user = file == null ? ConfigFactory.empty() : parse(file, files);
      Config all = flags.toConfig().withFallback(user).withFallback(Reference.CHANGEABLE).resolve();
      return new ParsedConfig(all, file == null ? null : file.getParent(), files);
    } catch (ConfigException.UnresolvedSubstitution e) {
      throw new InvalidConfigException(Place.of(e.origin()) + ": " + withoutOrigin(e));
    } catch (ConfigException.IO e) {
      throw new InvalidConfigException(Place.of(e.origin()) + NOT_READABLE);
    } catch (ConfigException.BugOrBroken | InvalidPathException e) {
      // What is included is no file that can be read, or a URL. It is not repeated.
      throw new InvalidConfigException(file + ": cannot read what it includes");
    } catch (ConfigException e) {
      throw new InvalidConfigException(
          (e.origin() == null ? "" : Place.of(e.origin()) + ": ") + whyNotHocon(e));
    }
  }

  /** Parses {@code file}, and notes it and what it includes in {@code files}. */
  private static Config parse(Path file, List<ReadFile> files) throws InvalidConfigException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new InvalidConfigException(file + NOT_READABLE);
    }
    files.add(ReadFile.now(file));
    Config config =
        ConfigFactory.parseFile(
            file.toFile(),
            ConfigParseOptions.defaults()
                .setSyntax(ConfigSyntax.CONF)
                .setAllowMissing(false)
                .setIncluder(new IncludedFiles(files)));
    if (config.root().isEmpty()) {
      // Such as a file that is about to be written: it would let everybody in, and everywhere.
      throw new InvalidConfigException(file + ": expected the key " + ROOT + ", but found nothing");
    }
    return config;
  }

  /** What the parser says, unless it quotes more than a character: that may be of a secret. */
  private static String whyNotHocon(ConfigException e) {
    String message = withoutOrigin(e);
    if (message.contains("'$' not followed by {")) {
      return "not valid HOCON: a text with a $ in it, such as a hash, must stand in quotes";
    }
    return MAY_QUOTE.matcher(message).find()
        ? "not valid HOCON; look for a quote, brace, bracket or comma that is missing or too many"
        : "not valid HOCON: " + message;
  }

  /** The library's message begins with the place, which is written our own way already. */
  private static String withoutOrigin(ConfigException e) {
    String message = String.valueOf(e.getMessage());
    String origin = e.origin() == null ? "" : e.origin().description() + ": ";
    return message.startsWith(origin) ? message.substring(origin.length()) : message;
  }
}
