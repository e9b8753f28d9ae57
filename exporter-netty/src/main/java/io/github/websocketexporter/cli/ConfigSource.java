package io.github.websocketexporter.cli;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.config.LoadedConfig;
import io.github.websocketexporter.config.ParsedConfig;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the configuration is read from, each time anew. What is read is of one time: all files are,
 * behind the last, as they were read.
 *
 * @param file the HOCON file, null for none
 * @param flags the flags of the command line
 */
record ConfigSource(@Nullable Path file, ConfigLoader.Flags flags) {
  /** How often all is read at a time where files change while they are read. */
  private static final int MOST_READINGS = 3;

  /** Reads all: the text, and the files that it names. */
  LoadedConfig load() throws InvalidConfigException, IOException {
    return load(null);
  }

  /**
   * Reads the files that the text names.
   *
   * @param kept the text, which may have changed since; null to read it too
   */
  LoadedConfig load(@Nullable ParsedConfig kept) throws InvalidConfigException, IOException {
    for (int i = 0; i < MOST_READINGS; i++) {
      ParsedConfig text = kept == null ? ConfigLoader.parse(file, flags) : kept;
      LoadedConfig read = text.read();
      boolean textHasChanged = kept == null && read.textHasChanged();
      if (!textHasChanged && !read.filesHaveChanged()) {
        return read;
      }
    }
    throw new IOException("the files of the configuration change while they are read");
  }

  /** What it is called towards its user. */
  @Override
  public String toString() {
    return file == null ? "the configuration" : file.toString();
  }
}
