package io.github.websocketexporter.integration;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A time series of a scraper's storage.
 *
 * @param labels by name; the metric's is {@code __name__}
 * @param samples by their time, in unix milliseconds
 */
record TimeSeries(Map<String, String> labels, NavigableMap<Long, Double> samples) {

  /** Reads what Prometheus' HTTP API answers to a query for a range vector. */
  static List<TimeSeries> parseAll(String json) {
    return parse(json).getConfig("data").getList("result").unwrapped().stream()
        .map(series -> of((Map<?, ?>) series))
        .toList();
  }

  /** Reads what Prometheus' HTTP API answers to a request for names or values of labels. */
  static List<String> parseNames(String json) {
    return parse(json).getStringList("data");
  }

  /** Reads what it answers to a request for targets: of each instance the host. */
  static Map<String, String> parseScrapedHosts(String json) {
    return parse(json).getConfigList("data.activeTargets").stream()
        .collect(
            Collectors.toMap(
                target -> target.getString("labels.instance"),
                target -> URI.create(target.getString("scrapeUrl")).getHost()));
  }

  String label(String name) {
    return labels.getOrDefault(name, "");
  }

  private static Config parse(String json) {
    return ConfigFactory.parseString(
        json, ConfigParseOptions.defaults().setSyntax(ConfigSyntax.JSON));
  }

  private static TimeSeries of(Map<?, ?> series) {
    Map<String, String> labels =
        ((Map<?, ?>) series.get("metric"))
            .entrySet().stream()
                .collect(
                    Collectors.toMap(
                        label -> (String) label.getKey(), label -> (String) label.getValue()));
    NavigableMap<Long, Double> samples = new TreeMap<>();
    for (Object pair : (List<?>) series.get("values")) {
      List<?> sample = (List<?>) pair;
      double seconds = ((Number) sample.get(0)).doubleValue();
      samples.put(Math.round(seconds * 1_000), Double.valueOf((String) sample.get(1)));
    }
    return new TimeSeries(labels, samples);
  }
}
