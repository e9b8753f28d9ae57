package io.github.websocketexporter.cli;

import io.github.websocketexporter.cli.FlagSet.Flag;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.cli.ParseException;

/** The flags of the exporter, and the settings that they are. */
final class CommandLineFlags {
  static final String CONFIG_FILE = "config.file";
  static final String DEBUG = "debug";
  static final String HELP = "help";
  private static final String CONFIG_CHECK = "config.check";
  private static final String VERSION = "version";

  private static final FlagSet ALL =
      new FlagSet(
          Flag.texts(
              "web.listen-address",
              "ADDRESS",
              "Address to listen on, :PORT or HOST:PORT; repeatable (default: :9095)",
              "web.listen-addresses"),
          Flag.text(
              "web.external-url",
              "URL",
              "Where it is reached behind a reverse proxy that leaves the path on (default: none)",
              "web.external-url"),
          Flag.text(
              "web.route-prefix",
              "PATH",
              "What stands before all paths (default: the path of --web.external-url)",
              "web.route-prefix"),
          Flag.text(
              "web.telemetry-path",
              "PATH",
              "Path of the exporter's own metrics (default: /metrics)",
              "web.telemetry-path"),
          Flag.text(
              "web.probe-path", "PATH", "Path that probes (default: /probe)", "web.probe-path"),
          Flag.text(
              "timeout",
              "DURATION",
              "Longest that a probe may take (default: 10s)",
              "probe.timeout"),
          Flag.text(
              "timeout-offset",
              "DURATION",
              "Taken off the scraper's timeout (default: 500ms)",
              "probe.timeout-offset"),
          Flag.text(
              "ping.interval",
              "DURATION",
              "From one PING to the next, for modules that send several (default: 1s)",
              "probe.ping-interval"),
          Flag.text(
              "config.auto-reload-interval",
              "DURATION",
              "How often the config file is looked at for changes (default: 0s, never)",
              "config.auto-reload-interval"),
          Flag.text(
              "history.limit",
              "NUMBER",
              "Recent probes, and failures, that are kept for the pages (default: 100)",
              "history.limit"),
          Flag.text(
              "log.level", "LEVEL", "error, warn, info or debug (default: info)", "log.level"),
          Flag.text("log.format", "FORMAT", "logfmt or json (default: logfmt)", "log.format"),
          Flag.text(CONFIG_FILE, "FILE", "Configuration in HOCON (default: none)", null),
          Flag.toggle(CONFIG_CHECK, "Say whether the configuration is valid, and exit", null),
          Flag.toggle(
              "web.enable-lifecycle",
              "Let POST /-/reload reload the configuration",
              "web.enable-lifecycle"),
          Flag.toggle(DEBUG, "The same as --log.level=debug", null),
          Flag.request("h", HELP, "Show this help and exit"),
          Flag.request("V", VERSION, "Print the version and exit"));

  private final FlagSet.Given given;

  private CommandLineFlags(FlagSet.Given given) {
    this.given = given;
  }

  /**
   * Reads {@code arguments}.
   *
   * @throws ParseException if there is a flag that does not exist, lacks its value or is given
   *     twice, or anything but flags; the message is a sentence for the user
   */
  static CommandLineFlags parse(String... arguments) throws ParseException {
    FlagSet.Given given = ALL.parse(arguments);
    List<String> others = given.arguments();
    if (!others.isEmpty()) {
      throw new ParseException("\"" + others.get(0) + "\" is no flag");
    }
    return new CommandLineFlags(given);
  }

  /** The values that the flag {@code name} was given; {@code true} of one that was given none. */
  List<String> values(String name) {
    return given.values(name);
  }

  /** Whether the help is asked for. */
  boolean asksForHelp() {
    return given.isOn(HELP);
  }

  /** Whether the version is asked for. */
  boolean asksForVersion() {
    return given.isOn(VERSION);
  }

  /** Whether the configuration is only to be checked. */
  boolean checksOnly() {
    return given.isOn(CONFIG_CHECK);
  }

  /** Where the configuration is: in the file that was given, if one was, and in the flags. */
  ConfigSource source() {
    return sourceOf(given);
  }

  /** The same of the flags of any command. */
  static ConfigSource sourceOf(FlagSet.Given given) {
    String file = given.value(CONFIG_FILE);
    return new ConfigSource(
        file == null ? null : Path.of(file),
        given.settings().set("--" + DEBUG, "log.level", given.isOn(DEBUG) ? "debug" : null));
  }

  /** What {@code --help} prints. */
  static String help() {
    return """
    Usage: websocket-exporter [FLAG]...
           websocket-exporter probe [FLAG]... TARGET
    A Prometheus exporter that measures WebSocket ping-pong latency, and a probe from the terminal.

    %s
    Durations have a unit: 500ms, 10s, 1m. A flag wins over the config file.
    Exit codes: 0 stopped, 1 failed at run time, 2 bad usage or bad config.
    """
        .formatted(ALL.help());
  }
}
