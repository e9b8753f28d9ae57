package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ConfigLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.jspecify.annotations.Nullable;

/** The flags of the command line, and the settings that they are. */
final class CommandLineFlags {
  private static final String CONFIG_FILE = "config.file";
  private static final String CONFIG_CHECK = "config.check";
  private static final String DEBUG = "debug";
  private static final String HELP = "help";
  private static final String VERSION = "version";
  private static final String LISTEN_ADDRESS = "web.listen-address";

  /** Where the descriptions begin in the help. */
  private static final int DESCRIPTIONS = 40;

  private static final List<Flag> ALL =
      List.of(
          text(
              LISTEN_ADDRESS,
              "ADDRESS",
              "Address to listen on, :PORT or HOST:PORT; repeatable (default: :9095)",
              "web.listen-addresses"),
          text(
              "web.telemetry-path",
              "PATH",
              "Path of the exporter's own metrics (default: /metrics)",
              "web.telemetry-path"),
          text("web.probe-path", "PATH", "Path that probes (default: /probe)", "web.probe-path"),
          text(
              "timeout",
              "DURATION",
              "Longest that a probe may take (default: 10s)",
              "probe.timeout"),
          text(
              "timeout-offset",
              "DURATION",
              "Taken off the scraper's timeout (default: 500ms)",
              "probe.timeout-offset"),
          text(
              "ping.interval",
              "DURATION",
              "From one PING to the next, for modules that send several (default: 1s)",
              "probe.ping-interval"),
          text(
              "config.auto-reload-interval",
              "DURATION",
              "How often the config file is looked at for changes (default: 0s, never)",
              "config.auto-reload-interval"),
          text("log.level", "LEVEL", "error, warn, info or debug (default: info)", "log.level"),
          text("log.format", "FORMAT", "logfmt or json (default: logfmt)", "log.format"),
          text(CONFIG_FILE, "FILE", "Configuration in HOCON (default: none)", null),
          toggle(CONFIG_CHECK, "Say whether the configuration is valid, and exit", null),
          toggle(
              "web.enable-lifecycle",
              "Let POST /-/reload reload the configuration",
              "web.enable-lifecycle"),
          toggle(DEBUG, "The same as --log.level=debug", null),
          request("h", HELP, "Show this help and exit"),
          request("V", VERSION, "Print the version and exit"));

  private final CommandLine line;

  private CommandLineFlags(CommandLine line) {
    this.line = line;
  }

  /**
   * A flag.
   *
   * @param key the setting whose value it has, which is checked with all others; null for none
   */
  private record Flag(Option option, @Nullable String key) {
    String name() {
      return option.getLongOpt();
    }

    String help() {
      String shorter = option.getOpt() == null ? "" : "-" + option.getOpt() + ", ";
      String value = option.getArgName() == null ? "" : "=" + option.getArgName();
      String usage = "  " + shorter + "--" + name() + value;
      return usage + " ".repeat(DESCRIPTIONS - usage.length()) + option.getDescription() + "\n";
    }
  }

  private static Flag text(String name, String label, String description, @Nullable String key) {
    return new Flag(
        Option.builder().longOpt(name).hasArg().argName(label).desc(description).get(), key);
  }

  /** A flag that is on when it is given, and may be spelled out as {@code =true}. */
  private static Flag toggle(String name, String description, @Nullable String key) {
    return new Flag(
        Option.builder().longOpt(name).hasArg().optionalArg(true).desc(description).get(), key);
  }

  private static Flag request(String letter, String name, String description) {
    return new Flag(Option.builder(letter).longOpt(name).desc(description).get(), null);
  }

  /**
   * Reads {@code arguments}.
   *
   * @throws ParseException if there is a flag that does not exist, lacks its value or is given
   *     twice, or anything but flags; the message is a sentence for the user
   */
  static CommandLineFlags parse(String... arguments) throws ParseException {
    Options options = new Options();
    ALL.forEach(flag -> options.addOption(flag.option()));
    CommandLine line;
    try {
      line = DefaultParser.builder().setAllowPartialMatching(false).get().parse(options, arguments);
    } catch (UnrecognizedOptionException e) {
      throw new ParseException("unknown flag " + e.getOption().replaceFirst("=.*", ""));
    } catch (MissingArgumentException e) {
      Option option = e.getOption();
      throw new ParseException("--" + option.getLongOpt() + " lacks its " + option.getArgName());
    }
    if (!line.getArgList().isEmpty()) {
      throw new ParseException("\"" + line.getArgList().get(0) + "\" is no flag");
    }
    Set<String> given = new HashSet<>();
    for (Option option : line.getOptions()) {
      String name = option.getLongOpt();
      if (!given.add(name) && !name.equals(LISTEN_ADDRESS)) {
        throw new ParseException("--" + name + " is given twice");
      }
      String value = option.getValue();
      if (option.hasOptionalArg() && value != null && !value.matches("true|false")) {
        throw new ParseException("--" + name + " is true or false, not \"" + value + "\"");
      }
    }
    return new CommandLineFlags(line);
  }

  /** The values that the flag {@code name} was given; {@code true} of one that was given none. */
  List<String> values(String name) {
    List<String> values = new ArrayList<>();
    for (Option option : line.getOptions()) {
      if (option.getLongOpt().equals(name)) {
        values.add(option.getValue("true"));
      }
    }
    return values;
  }

  private boolean isOn(String name) {
    return values(name).equals(List.of("true"));
  }

  /** Whether the help is asked for. */
  boolean asksForHelp() {
    return isOn(HELP);
  }

  /** Whether the version is asked for. */
  boolean asksForVersion() {
    return isOn(VERSION);
  }

  /** Whether the configuration is only to be checked. */
  boolean checksOnly() {
    return isOn(CONFIG_CHECK);
  }

  /** Where the configuration is: in the file that was given, if one was, and in the flags. */
  ConfigSource source() {
    String file = line.getOptionValue(CONFIG_FILE);
    return new ConfigSource(file == null ? null : Path.of(file), settings());
  }

  /** The settings that were given. */
  private ConfigLoader.Flags settings() {
    ConfigLoader.Flags settings = new ConfigLoader.Flags();
    for (Flag flag : ALL) {
      List<String> values = values(flag.name());
      if (flag.key() != null && !values.isEmpty()) {
        settings.set(
            "--" + flag.name(),
            flag.key(),
            flag.name().equals(LISTEN_ADDRESS) ? values : values.get(0));
      }
    }
    return settings.set("--" + DEBUG, "log.level", isOn(DEBUG) ? "debug" : null);
  }

  /** What {@code --help} prints. */
  static String help() {
    StringBuilder help =
        new StringBuilder(
            """
            Usage: websocket-exporter [FLAG]...
            A Prometheus exporter that measures WebSocket ping-pong latency.

            """);
    ALL.forEach(flag -> help.append(flag.help()));
    return help.append(
            """

            Durations have a unit: 500ms, 10s, 1m. A flag wins over the config file.
            Exit codes: 0 stopped, 1 failed at run time, 2 bad usage or bad config.
            """)
        .toString();
  }
}
