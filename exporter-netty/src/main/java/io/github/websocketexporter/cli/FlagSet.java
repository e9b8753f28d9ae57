package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ConfigLoader;
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

/** The flags of a command: how they are read, and what its help says of them. */
final class FlagSet {
  /** Where the descriptions begin in the help. */
  private static final int DESCRIPTIONS = 40;

  private final List<Flag> flags;

  /** The flags, as the help lists them. */
  FlagSet(Flag... flags) {
    this.flags = List.of(flags);
  }

  /**
   * A flag.
   *
   * @param key the setting whose value it has, which is checked with all others; null for none
   * @param repeatable whether the setting is a list, and the flag may be given more than once
   */
  record Flag(Option option, @Nullable String key, boolean repeatable) {
    /** A flag with a value. */
    static Flag text(String name, String label, String description, @Nullable String key) {
      return new Flag(valued(name, label, description), key, false);
    }

    /** A flag with a value, one for each time that it is given. */
    static Flag texts(String name, String label, String description, String key) {
      return new Flag(valued(name, label, description), key, true);
    }

    /** A flag that is on when it is given, and may be spelled out as {@code =true}. */
    static Flag toggle(String name, String description, @Nullable String key) {
      return new Flag(
          Option.builder().longOpt(name).hasArg().optionalArg(true).desc(description).get(),
          key,
          false);
    }

    /** A flag that is on when it is given. */
    static Flag request(@Nullable String letter, String name, String description) {
      return new Flag(Option.builder(letter).longOpt(name).desc(description).get(), null, false);
    }

    private static Option valued(String name, String label, String description) {
      return Option.builder().longOpt(name).hasArg().argName(label).desc(description).get();
    }

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

  /** What the help says: a line for each flag. */
  String help() {
    StringBuilder help = new StringBuilder();
    flags.forEach(flag -> help.append(flag.help()));
    return help.toString();
  }

  /**
   * Reads {@code arguments}.
   *
   * @throws ParseException if there is a flag that does not exist, lacks its value or is given
   *     twice; the message is a sentence for the user
   */
  Given parse(String... arguments) throws ParseException {
    Options options = new Options();
    flags.forEach(flag -> options.addOption(flag.option()));
    try {
      Given given =
          new Given(
              DefaultParser.builder()
                  .setAllowPartialMatching(false)
                  .get()
                  .parse(options, arguments));
      given.check();
      return given;
    } catch (UnrecognizedOptionException e) {
      throw new ParseException("unknown flag " + e.getOption().replaceFirst("=.*", ""));
    } catch (MissingArgumentException e) {
      Option option = e.getOption();
      throw new ParseException("--" + option.getLongOpt() + " lacks its " + option.getArgName());
    }
  }

  /** The flags that were given, with their values. */
  final class Given {
    private final CommandLine line;

    private Given(CommandLine line) {
      this.line = line;
    }

    private void check() throws ParseException {
      Set<String> names = new HashSet<>();
      for (Option option : line.getOptions()) {
        String name = option.getLongOpt();
        if (!names.add(name) && !isRepeatable(name)) {
          throw new ParseException("--" + name + " is given twice");
        }
        String value = option.getValue();
        if (option.hasOptionalArg() && value != null && !value.matches("true|false")) {
          throw new ParseException("--" + name + " is true or false, not \"" + value + "\"");
        }
      }
    }

    private boolean isRepeatable(String name) {
      return flags.stream().anyMatch(flag -> flag.repeatable() && flag.name().equals(name));
    }

    /** What was given besides flags. */
    List<String> arguments() {
      return line.getArgList();
    }

    /** The value that the flag {@code name} was given; null if it was not. */
    @Nullable String value(String name) {
      return line.getOptionValue(name);
    }

    /** The values that the flag {@code name} was given; {@code true} for none. */
    List<String> values(String name) {
      List<String> values = new ArrayList<>();
      for (Option option : line.getOptions()) {
        if (option.getLongOpt().equals(name)) {
          values.add(option.getValue("true"));
        }
      }
      return values;
    }

    /** Whether the flag {@code name} was given, and not as {@code false}. */
    boolean isOn(String name) {
      return values(name).equals(List.of("true"));
    }

    /** The settings that were given. */
    ConfigLoader.Flags settings() {
      ConfigLoader.Flags settings = new ConfigLoader.Flags();
      for (Flag flag : flags) {
        List<String> values = values(flag.name());
        if (flag.key() != null && !values.isEmpty()) {
          settings.set("--" + flag.name(), flag.key(), flag.repeatable() ? values : values.get(0));
        }
      }
      return settings;
    }
  }
}
