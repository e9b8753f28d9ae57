package io.github.websocketexporter.config;

import io.github.websocketexporter.module.MessageStep;
import java.util.List;

/** Reads the list {@code messages} of a module. */
final class MessagesReader {
  private MessagesReader() {}

  static List<MessageStep> read(Block module) throws InvalidConfigException {
    return List.of();
  }
}
