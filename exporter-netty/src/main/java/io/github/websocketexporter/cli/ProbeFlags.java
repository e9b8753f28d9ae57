package io.github.websocketexporter.cli;

import io.github.websocketexporter.cli.FlagSet.Flag;
import io.github.websocketexporter.config.ExporterConfig;
import io.github.websocketexporter.config.InvalidChoiceException;
import io.github.websocketexporter.config.ProbeChoice;
import io.github.websocketexporter.probe.InvalidTargetException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.ParseException;

/** The flags of {@code websocket-exporter probe}, and its target. */
final class ProbeFlags {
  private static final String MODULE = "module";
  private static final String COUNT = "count";
  private static final String INTERVAL = "interval";
  private static final String TIMEOUT = "timeout";
  private static final String OUTPUT = "output";

  private static final FlagSet ALL =
      new FlagSet(
          Flag.text(MODULE, "NAME", "Module to probe with (default: probe.default-module)", null),
          Flag.text(COUNT, "NUMBER", "PINGs to send, 1 to 1000 (default: the module's)", null),
          Flag.text(
              INTERVAL, "DURATION", "From one PING to the next (default: the module's)", null),
          Flag.text(
              TIMEOUT,
              "DURATION",
              "Longest that it may take, besides the intervals (default: the module's)",
              null),
          Flag.text(OUTPUT, "FORMAT", "text, json or prometheus (default: text)", null),
          Flag.text(
              CommandLineFlags.CONFIG_FILE, "FILE", "Configuration in HOCON (default: none)", null),
          Flag.request(null, CommandLineFlags.DEBUG, "Log at debug level, to standard error"),
          Flag.request("h", CommandLineFlags.HELP, "Show this help and exit"));

  private final FlagSet.Given given;
  private final Output output;

  private ProbeFlags(FlagSet.Given given, Output output) {
    this.given = given;
    this.output = output;
  }

  /** What is printed of the probe. */
  enum Output {
    /** For people, while it runs. */
    TEXT,
    /** For programs, when it is over. */
    JSON,
    /** What a scrape would have answered. */
    PROMETHEUS
  }

  /**
   * Reads {@code arguments}, without the command.
   *
   * @throws ParseException if they are not what the help says; the message is a sentence for the
   *     user, and does not repeat the target
   */
  static ProbeFlags parse(String... arguments) throws ParseException {
    FlagSet.Given given = ALL.parse(arguments);
    String format = given.value(OUTPUT);
    Output output =
        Arrays.stream(Output.values())
            .filter(each -> format == null || each.name().toLowerCase(Locale.ROOT).equals(format))
            .findFirst()
            .orElseThrow(() -> new ParseException("--output is text, json or prometheus"));
    if (!given.isOn(CommandLineFlags.HELP) && given.arguments().size() != 1) {
      throw new ParseException("probe wants one TARGET");
    }
    return new ProbeFlags(given, output);
  }

  boolean asksForHelp() {
    return given.isOn(CommandLineFlags.HELP);
  }

  Output output() {
    return output;
  }

  ConfigSource source() {
    return CommandLineFlags.sourceOf(given);
  }

  /** What is to be probed, and how. */
  ProbeChoice choice(ExporterConfig config) throws InvalidChoiceException, InvalidTargetException {
    List<String> target = given.arguments();
    return ProbeChoice.of(config, target.get(0), given.value(MODULE))
        .once(given.value(COUNT), given.value(INTERVAL), given.value(TIMEOUT));
  }

  /** What {@code probe --help} prints. */
  static String help() {
    return """
    Usage: websocket-exporter probe [FLAG]... TARGET
    Probes TARGET once, as a scrape would: a URL such as wss://host/path, or the name of a target of
    the configuration. Ctrl-C ends it, with the summary of what there is so far.

    %s
    Exit codes: 0 success, 1 the probe failed, or could not be made or told of, 2 bad usage or bad
    config, 130 ended by Ctrl-C.
    """
        .formatted(ALL.help());
  }
}
