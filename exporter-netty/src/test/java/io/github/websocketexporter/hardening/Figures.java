package io.github.websocketexporter.hardening;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The figures that were reached: printed, and rows of a table in {@code target/hardening.md}. */
final class Figures {
  private static final Path TABLE = Path.of("target", "hardening.md");

  private Figures() {}

  /**
   * States what was reached, before it is asserted.
   *
   * @param what was measured
   * @param goal is the figure to reach
   * @param format of the figure that was reached, as {@link String#format} takes it
   */
  static void state(String what, String goal, String format, Object... values) throws IOException {
    String reached = String.format(Locale.ROOT, format, values);
    String row = "| %s | %s | %s |%n".formatted(what, goal, reached);
    System.out.print(row);
    Files.createDirectories(TABLE.getParent());
    Files.writeString(TABLE, row, CREATE, APPEND);
  }
}
