package io.github.websocketexporter.config;

import io.github.websocketexporter.module.TargetPolicy;

/** Reads the block {@code policy} of a module. */
final class PolicyReader {
  private PolicyReader() {}

  static TargetPolicy read(Block module) throws InvalidConfigException {
    return TargetPolicy.ANY;
  }
}
