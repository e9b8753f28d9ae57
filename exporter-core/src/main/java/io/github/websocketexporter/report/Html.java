package io.github.websocketexporter.report;

/** Collects markup. What is put into it is escaped, always. */
final class Html {
  private static final String PLACE = "{}";

  private final StringBuilder out = new StringBuilder(16_384);

  /**
   * Appends markup.
   *
   * @param markup in which each <code>{}</code> stands for a value, in text or in a quoted
   *     attribute
   * @param values as many as there are places; escaped
   */
  Html add(String markup, Object... values) {
    int from = 0;
    for (Object value : values) {
      int place = markup.indexOf(PLACE, from);
      out.append(markup, from, place);
      append(String.valueOf(value));
      from = place + PLACE.length();
    }
    out.append(markup, from, markup.length());
    return this;
  }

  /** Appends what was collected elsewhere. */
  Html add(Html other) {
    out.append(other.out);
    return this;
  }

  private void append(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        default -> out.append(c);
      }
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
