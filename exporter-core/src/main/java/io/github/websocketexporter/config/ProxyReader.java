package io.github.websocketexporter.config;

import io.github.websocketexporter.module.ProxySettings;
import org.jspecify.annotations.Nullable;

/** Reads the block {@code proxy} of a module. */
final class ProxyReader {
  private ProxyReader() {}

  static @Nullable ProxySettings read(Block module) throws InvalidConfigException {
    return null;
  }
}
