package io.github.websocketexporter.config;

import io.github.websocketexporter.module.TlsSettings;

/** Reads the block {@code tls} of a module. */
final class TlsReader {
  private TlsReader() {}

  static TlsSettings read(Block module) throws InvalidConfigException {
    return TlsSettings.DEFAULT;
  }
}
