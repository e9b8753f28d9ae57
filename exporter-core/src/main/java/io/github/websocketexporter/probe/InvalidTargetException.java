package io.github.websocketexporter.probe;

/**
 * That a text is not a target. The message is one plain sentence for the caller who must mend it;
 * it never repeats the text, which may hold a token.
 */
public final class InvalidTargetException extends Exception {
  InvalidTargetException(String message) {
    super(message);
  }
}
