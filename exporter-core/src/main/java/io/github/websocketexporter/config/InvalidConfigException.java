package io.github.websocketexporter.config;

/**
 * That the configuration cannot be used. The message names where (file and line, or the flag), the
 * key, and what was expected there.
 */
public final class InvalidConfigException extends Exception {
  InvalidConfigException(String message) {
    super(message);
  }
}
