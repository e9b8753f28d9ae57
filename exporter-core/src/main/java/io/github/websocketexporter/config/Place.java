package io.github.websocketexporter.config;

import com.typesafe.config.ConfigOrigin;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Where in the configuration something stands, in the words that an error begins with. */
final class Place {
  /**
   * What the library says of a block that stands in several files: the one that wins comes first,
   * each with its line, or with its first and its last.
   */
  private static final Pattern MERGED =
      Pattern.compile("merge of (.+?)(?:: (\\d+)(?:-\\d+)?)?,.*", Pattern.DOTALL);

  /** What a key looks like. Anything else may be a secret that was taken for one. */
  private static final Predicate<String> KEY =
      Pattern.compile("[\\w.\\[\\]-]{1,100}").asMatchPredicate();

  private Place() {}

  /** A file and a line, or the name of a flag. */
  static String of(ConfigOrigin origin) {
    Matcher merged = MERGED.matcher(origin.description());
    if (merged.matches()) {
      return merged.group(2) == null ? merged.group(1) : merged.group(1) + ":" + merged.group(2);
    }
    String file = origin.filename() != null ? origin.filename() : origin.resource();
    if (file != null) {
      return line(file, origin.lineNumber());
    }
    return origin.url() == null
        ? origin.description()
        : line("an included URL", origin.lineNumber()); // There may be a password in it.
  }

  private static String line(String file, int line) {
    return line > 0 ? file + ":" + line : file;
  }

  /** The place of the value at {@code path}, and its whole name. */
  static String of(ConfigOrigin origin, List<String> path) {
    return of(origin)
        + ": "
        + path.stream().map(key -> KEY.test(key) ? key : "…").collect(Collectors.joining("."));
  }
}
