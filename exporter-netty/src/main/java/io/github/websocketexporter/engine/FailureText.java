package io.github.websocketexporter.engine;

import java.util.Locale;

/** What an exception says in words, where its type does not say it. */
final class FailureText {
  private FailureText() {}

  /** Whether the message of {@code failure} has one of {@code parts}, which are in lower case. */
  static boolean says(Throwable failure, String... parts) {
    String message = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    for (String part : parts) {
      if (message.contains(part)) {
        return true;
      }
    }
    return false;
  }
}
