package io.github.websocketexporter.metrics;

import java.util.Locale;

/** What a header field of content negotiation prefers (RFC 9110, section 12.4.2). */
final class Weights {
  private Weights() {}

  /**
   * The weight that {@code field} gives to the first of {@code ranges} that it names; 0 if it names
   * none. Of a range that stands there several times, with parameters, the highest counts.
   */
  static double of(String field, String... ranges) {
    String[] elements = field.toLowerCase(Locale.ROOT).split(",");
    for (String range : ranges) {
      double highest = -1;
      for (String element : elements) {
        String[] parts = element.split(";", -1);
        if (parts[0].trim().equals(range)) {
          highest = Math.max(highest, weight(parts));
        }
      }
      if (highest >= 0) {
        return highest;
      }
    }
    return 0;
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].trim();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
