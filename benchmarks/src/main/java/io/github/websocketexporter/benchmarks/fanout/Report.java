package io.github.websocketexporter.benchmarks.fanout;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** One table: a line for each case and exporter, with the median of what the rounds measured. */
final class Report {
  private static final double LARGE = 100;

  private final Map<Line, List<Figures>> lines = new LinkedHashMap<>();
  private final Set<String> notes = new LinkedHashSet<>();

  /** A case, of one exporter. */
  private record Line(String what, String exporter) {}

  /**
   * Adds what one round measured of a case, and shows it on standard error: the table comes late.
   */
  void add(String what, String exporter, Figures figures) {
    System.err.println("  " + what + ", " + exporter + ": " + figures);
    lines.computeIfAbsent(new Line(what, exporter), line -> new ArrayList<>()).add(figures);
  }

  /** Adds a sentence: what could not be measured, and why. */
  void note(String sentence) {
    notes.add(sentence);
  }

  /** Whether anything was measured. */
  boolean isEmpty() {
    return lines.isEmpty();
  }

  /** Prints it, in Markdown. */
  void print(PrintStream out) {
    Set<String> columns = new LinkedHashSet<>();
    lines.values().forEach(all -> all.forEach(one -> columns.addAll(one.byColumn().keySet())));
    if (!isEmpty()) {
      out.println("| case | exporter | " + String.join(" | ", columns) + " |");
      out.println("|---|---|" + "---:|".repeat(columns.size()));
    }
    lines.forEach(
        (line, rounds) -> {
          StringBuilder row =
              new StringBuilder("| " + line.what() + " | " + line.exporter() + " |");
          for (String column : columns) {
            row.append(' ').append(text(summary(column, rounds))).append(" |");
          }
          out.println(row);
        });
    notes.forEach(note -> out.println("\n" + note));
  }

  /** The median of the rounds; of failures, the worst. */
  private static double summary(String column, List<Figures> rounds) {
    double[] values =
        rounds.stream()
            .filter(one -> one.byColumn().containsKey(column))
            .mapToDouble(one -> one.byColumn().getOrDefault(column, Double.NaN))
            .filter(value -> !Double.isNaN(value))
            .sorted()
            .toArray();
    if (values.length == 0) {
      return Double.NaN;
    }
    return column.equals(Figures.FAILED)
        ? Arrays.stream(values).max().getAsDouble()
        : values[(values.length - 1) / 2];
  }

  private static String text(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    boolean whole = value == Math.rint(value) || Math.abs(value) >= LARGE;
    String text = String.format(Locale.ROOT, whole ? "%,.0f" : "%.1f", value);
    return whole || !text.equals("100.0") ? text : String.format(Locale.ROOT, "%.3f", value);
  }
}
