package io.github.websocketexporter.integration;

import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the exporter answered over HTTP. */
public record Answer(int status, HttpHeaders headers, String body) {
  private static final Pattern PHASE =
      Pattern.compile("probe_websocket_duration_seconds\\{phase=\"(\\w+)\"}");
  private static final Pattern FAILURE =
      Pattern.compile(
          "^probe_failure_info\\{phase=\"(\\w+)\",reason=\"(\\w+)\"} 1", Pattern.MULTILINE);

  public static Answer of(HttpResponse<String> response) {
    return new Answer(response.statusCode(), response.headers(), response.body());
  }

  /** The samples by their series, written as in the exposition: name, then labels in braces. */
  public Map<String, Double> samples() {
    Map<String, Double> samples = new HashMap<>();
    body.lines()
        .filter(line -> !line.isEmpty() && !line.startsWith("#"))
        .forEach(
            line -> {
              int space = line.lastIndexOf(' ');
              samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
            });
    return samples;
  }

  /** The one sample of {@code series}. */
  public double sample(String series) {
    Double value = samples().get(series);
    if (value == null) {
      throw new AssertionError("There is no " + series + " in:\n" + body);
    }
    return value;
  }

  /**
   * Phase and reason of the failure, such as {@code tls/tls_protocol}; {@code none} without one.
   */
  public String failure() {
    return failureIn(body);
  }

  /** The same of an exposition. */
  public static String failureIn(String exposition) {
    Matcher failure = FAILURE.matcher(exposition);
    return failure.find() ? failure.group(1) + "/" + failure.group(2) : "none";
  }

  /** The phases that have a duration, in no order. */
  public Set<String> phases() {
    Set<String> phases = new HashSet<>();
    for (String sample : samples().keySet()) {
      Matcher phase = PHASE.matcher(sample);
      if (phase.matches()) {
        phases.add(phase.group(1));
      }
    }
    return phases;
  }
}
