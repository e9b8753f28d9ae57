package io.github.websocketexporter.cli;

import java.io.Console;
import java.util.Map;

/** What the process's own standard output is. */
final class Terminal {
  private Terminal() {}

  /**
   * Whether it is a terminal whose user likes colours: none are written to files and pipes, nor
   * where {@code NO_COLOR} is set (no-color.org), nor to a terminal that knows none.
   */
  static boolean likesColors(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"))
        && isThere();
  }

  /** Since Java 22 there is a console also where standard output is a file: it says which it is. */
  @SuppressWarnings("SystemConsoleNull") // Before, it is null there.
  private static boolean isThere() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
