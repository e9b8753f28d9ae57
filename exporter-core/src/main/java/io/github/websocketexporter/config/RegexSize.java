package io.github.websocketexporter.config;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large a regular expression is, by its text: RE2 writes out each repeat before it can say so,
 * and runs out of memory over a few that are nested.
 */
final class RegexSize {
  private static final String QUOTED = "\\\\Q.*?(?:\\\\E|$)";
  private static final String ESCAPED = "\\\\[xpP]\\{[^}]*+}|\\\\.";
  private static final String CLASS = "\\[\\^?]?(?:[^]\\\\\\[]++|\\\\.|\\[:\\^?\\w++:]|\\[)*+]";

  /** The group is the most of a repeat, or its least where it has no most. */
  private static final String REPEAT = "\\{(?:\\d{1,4},)?(\\d{1,4}),?}";

  private static final Pattern PART =
      Pattern.compile(String.join("|", QUOTED, ESCAPED, CLASS, REPEAT, "."), Pattern.DOTALL);

  private RegexSize() {}

  /** The characters of {@code regex}, each as often as the repeats say that it stands in. */
  static long of(String regex) {
    Deque<Long> outer = new ArrayDeque<>();
    long before = 0;
    long last = 0;
    Matcher part = PART.matcher(regex);
    while (part.find()) {
      if (part.group(1) != null) {
        last = Math.min(last * Math.max(1, Integer.parseInt(part.group(1))), Integer.MAX_VALUE);
      } else if (part.group().equals("(")) {
        outer.push(before + last);
        before = 0;
        last = 0;
      } else if (part.group().equals(")") && !outer.isEmpty()) {
        last += before;
        before = outer.pop();
      } else {
        before += last;
        last = (long) part.end() - part.start();
      }
    }
    return before + last;
  }
}
