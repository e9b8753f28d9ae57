package io.github.websocketexporter.testing;

import static java.util.Objects.requireNonNull;

import io.github.websocketexporter.config.ConfigLoader;
import io.github.websocketexporter.config.InvalidConfigException;
import io.github.websocketexporter.module.ProbeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Modules as a user writes them. */
public final class Modules {
  private Modules() {}

  /** The module {@code test { … }} of a configuration that has {@code settings} in it. */
  public static ProbeModule of(String settings) {
    try {
      Path file = Files.createTempFile("module", ".conf");
      try {
        Files.writeString(file, "websocket-exporter.modules.test {\n" + settings + "\n}\n");
        return requireNonNull(
            ConfigLoader.load(file, new ConfigLoader.Flags()).modules().get("test"));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InvalidConfigException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
