package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.metrics.BuildInfo;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/**
 * The flags of the command line, and the settings that they are. picocli is told of each by a call,
 * not by an annotation: to read those takes it longer than all else that it does at a start.
 */
final class CommandLineFlags {
  private static final String CONFIG_FILE = "--config.file";
  private static final String CONFIG_CHECK = "--config.check";
  private static final String ENABLE_LIFECYCLE = "--web.enable-lifecycle";
  private static final String DEBUG = "--debug";

  /** The flags that have the value of a setting, which is checked with all others. */
  private static final List<Setting> SETTINGS =
      List.of(
          new Setting(
              "--web.listen-address",
              "web.listen-addresses",
              List.class,
              "ADDRESS",
              "Address to listen on, :PORT or HOST:PORT; repeatable (default: :9095)"),
          new Setting(
              "--web.telemetry-path",
              "web.telemetry-path",
              String.class,
              "PATH",
              "Path of the exporter's own metrics (default: /metrics)"),
          new Setting(
              "--web.probe-path",
              "web.probe-path",
              String.class,
              "PATH",
              "Path that probes (default: /probe)"),
          new Setting(
              "--timeout",
              "probe.timeout",
              String.class,
              "DURATION",
              "Longest that a probe may take (default: 10s)"),
          new Setting(
              "--timeout-offset",
              "probe.timeout-offset",
              String.class,
              "DURATION",
              "Taken off the scraper's timeout (default: 500ms)"),
          new Setting(
              "--ping.interval",
              "probe.ping-interval",
              String.class,
              "DURATION",
              "From one PING to the next, for modules that send several (default: 1s)"),
          new Setting(
              "--config.auto-reload-interval",
              "config.auto-reload-interval",
              String.class,
              "DURATION",
              "How often the config file is looked at for changes (default: 0s, never)"),
          new Setting(
              "--log.level",
              "log.level",
              String.class,
              "LEVEL",
              "error, warn, info or debug (default: info)"),
          new Setting(
              "--log.format",
              "log.format",
              String.class,
              "FORMAT",
              "logfmt or json (default: logfmt)"));

  private CommandLineFlags() {}

  /**
   * A flag that has the value of a setting.
   *
   * @param key the setting's name in the configuration
   * @param type a text, or a list of them where it may be repeated
   * @param label what its value is called in the help
   */
  private record Setting(String flag, String key, Class<?> type, String label, String description) {
    OptionSpec option() {
      return OptionSpec.builder(flag)
          .type(type)
          .auxiliaryTypes(String.class)
          .paramLabel(label)
          .description(description)
          .build();
    }
  }

  /** What picocli is to read. */
  static CommandSpec spec() {
    CommandSpec spec =
        CommandSpec.create().name("websocket-exporter").versionProvider(new Version());
    spec.usageMessage()
        .description("A Prometheus exporter that measures WebSocket ping-pong latency.")
        .sortOptions(false)
        .autoWidth(true)
        .footer(
            "",
            "Durations have a unit: 500ms, 10s, 1m. A flag wins over the config file.",
            "Exit codes: 0 stopped, 1 failed at run time, 2 bad usage or bad config.");
    for (Setting setting : SETTINGS) {
      spec.addOption(setting.option());
    }
    return spec.addOption(
            OptionSpec.builder(CONFIG_FILE)
                .type(Path.class)
                .paramLabel("FILE")
                .description("Configuration in HOCON (default: none)")
                .build())
        .addOption(
            toggle(CONFIG_CHECK, "check", "Say whether the configuration is valid, and exit"))
        .addOption(
            toggle(ENABLE_LIFECYCLE, "enable", "Let POST /-/reload reload the configuration"))
        .addOption(toggle(DEBUG, "debug", "The same as --log.level=debug"))
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help message and exit.")
                .build())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Print version information and exit.")
                .build());
  }

  /** A flag that is on when it is given, and may be spelled out as {@code =true}. */
  private static OptionSpec toggle(String flag, String label, String description) {
    return OptionSpec.builder(flag)
        .type(boolean.class)
        .arity("0..1")
        .fallbackValue("true")
        .defaultValue("false")
        .paramLabel("<" + label + ">")
        .description(description)
        .build();
  }

  /** Whether the configuration is only to be checked. */
  static boolean checksOnly(ParseResult flags) {
    return flags.matchedOptionValue(CONFIG_CHECK, false);
  }

  /** Where the configuration is: in the file that was given, if one was, and in the flags. */
  static ConfigSource source(ParseResult flags) {
    return new ConfigSource(flags.matchedOptionValue(CONFIG_FILE, (Path) null), settings(flags));
  }

  /** The settings that were given. */
  private static ConfigLoader.Flags settings(ParseResult flags) {
    ConfigLoader.Flags settings = new ConfigLoader.Flags();
    for (Setting setting : SETTINGS) {
      settings.set(
          setting.flag(), setting.key(), flags.matchedOptionValue(setting.flag(), (Object) null));
    }
    settings.set(
        ENABLE_LIFECYCLE,
        "web.enable-lifecycle",
        flags.hasMatchedOption(ENABLE_LIFECYCLE)
            ? String.valueOf(flags.matchedOptionValue(ENABLE_LIFECYCLE, false))
            : null);
    return settings.set(
        DEBUG, "log.level", flags.matchedOptionValue(DEBUG, false) ? "debug" : null);
  }

  /** What {@code --version} prints. */
  private static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      BuildInfo build = BuildProperties.read();
      return new String[] {
        "websocket-exporter %s (revision %s, Java %s)"
            .formatted(build.version(), build.revision(), build.javaVersion())
      };
    }
  }
}
