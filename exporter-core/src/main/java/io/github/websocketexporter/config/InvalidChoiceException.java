package io.github.websocketexporter.config;

/**
 * That the configuration does not have what somebody wants to be probed. The message is one plain
 * sentence for the caller who must mend it; it never repeats what was asked for.
 */
public class InvalidChoiceException extends Exception {
  InvalidChoiceException(String message) {
    super(message);
  }
}
