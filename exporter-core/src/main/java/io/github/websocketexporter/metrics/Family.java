package io.github.websocketexporter.metrics;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The lines of one metric as the library writes them, cut where an answer puts in what varies.
 *
 * @param comments its HELP and TYPE
 * @param samples the rest: a piece before each hole, and one behind the last
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Family(byte[] comments, byte[][] samples) {
  /**
   * Where a sample has this value, an answer has a number and the end of the line; where a bucket
   * has this upper bound, an answer has its bound.
   */
  static final double VALUE_HOLE = Double.POSITIVE_INFINITY;

  /** Where a sample has this for the value of a label, an answer has a text. */
  static final String LABEL_HOLE = "\0";

  /** Where a bucket counts this, an answer has a number and the end of the line. */
  static final long COUNT_HOLE = Long.MAX_VALUE;

  private static final Pattern HOLE =
      Pattern.compile("(?<= )(?:\\+Inf|" + COUNT_HOLE + ")\n|(?<=le=\")\\+Inf|" + LABEL_HOLE);
  private static final Pattern BOUNDARY = Pattern.compile("(?<=\n)(?=# )");

  /** The metrics of {@code samples}, in the order in which {@code format} has them. */
  static List<Family> of(MetricSnapshots samples, ExpositionFormat format) {
    String lines = new String(format.render(samples), StandardCharsets.UTF_8);
    List<Family> families = new ArrayList<>();
    StringBuilder comments = new StringBuilder();
    for (String part : BOUNDARY.split(lines)) {
      int end = part.indexOf('\n') + 1;
      comments.append(part, 0, end);
      if (end < part.length()) {
        families.add(new Family(bytes(comments.toString()), pieces(part.substring(end))));
        comments.setLength(0);
      }
    }
    return List.copyOf(families);
  }

  private static byte[][] pieces(String samples) {
    return Stream.of(HOLE.split(samples, -1)).map(Family::bytes).toArray(byte[][]::new);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
