package io.github.websocketexporter.config;

import io.github.websocketexporter.module.UpgradeSettings;

/** Reads what a module says of the upgrade request and its answer. */
final class UpgradeReader {
  private UpgradeReader() {}

  static UpgradeSettings read(Block module) throws InvalidConfigException {
    return UpgradeSettings.PLAIN;
  }
}
