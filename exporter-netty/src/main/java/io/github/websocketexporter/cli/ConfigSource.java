package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.config.ParsedConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the configuration is read from, each time anew.
 *
 * @param file the HOCON file, null for none
 * @param flags the flags of the command line
 */
record ConfigSource(@Nullable Path file, ConfigLoader.Flags flags) {
  ParsedConfig parse() throws InvalidConfigException {
    return ConfigLoader.parse(file, flags);
  }

  /** What it is called towards its user. */
  @Override
  public String toString() {
    return file == null ? "the configuration" : file.toString();
  }
}
