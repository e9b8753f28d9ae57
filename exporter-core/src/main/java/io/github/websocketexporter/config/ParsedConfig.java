package io.github.websocketexporter.config;

import com.typesafe.config.Config;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text of a configuration, before it is checked and before the files that it names are read:
 * these can change while it stays the same. Immutable.
 */
public final class ParsedConfig {
  private final Config all;
  private final @Nullable Path directory;
  private final List<ReadFile> files;

  /**
   * A text.
   *
   * @param all reference.conf, the file and the flags, resolved
   * @param directory where relative names of files begin; null for the process's own
   * @param files the files that the text was in
   */
  ParsedConfig(Config all, @Nullable Path directory, List<ReadFile> files) {
    this.all = all;
    this.directory = directory;
    this.files = List.copyOf(files);
  }

  /**
   * The files that the text was in: the one that was given, and those that it includes, there or
   * not.
   */
  public List<ReadFile> files() {
    return files;
  }

  /**
   * Checks the text and reads the files that it names, as they are now: not for an event loop.
   *
   * @throws InvalidConfigException if it cannot be used; the message says why
   */
  public LoadedConfig read() throws InvalidConfigException {
    Reading reading = new Reading(directory);
    Block top = Block.top(all.root(), reading);
    Block root = top.block(ConfigLoader.ROOT);
    top.close();
    ExporterConfig config = ConfigReader.read(root);
    return new LoadedConfig(
        config,
        this,
        new EffectiveConfig(all, reading.secrets()),
        reading.files(),
        List.copyOf(reading.warnings()));
  }
}
