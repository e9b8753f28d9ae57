package io.github.websocketexporter.config;

import java.util.regex.Pattern;

/**
 * That the configuration cannot be used. The message names where (file and line, or the flag), the
 * key, and what was expected there. It is one line, whatever the names in it are.
 */
public final class InvalidConfigException extends Exception {
  private static final Pattern CONTROL = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]");

  InvalidConfigException(String message) {
    super(CONTROL.matcher(message).replaceAll("?"));
  }
}
