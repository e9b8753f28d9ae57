package io.github.websocketexporter.benchmarks.fanout;

import java.io.IOException;

/** Some rows of the table that belong together: they are measured with one start of an exporter. */
interface Scenario {
  /** What {@code --rows} calls it. */
  String name();

  /** The heading of its table. */
  String title();

  /** Whether it makes sense for an exporter that is not this project's. */
  default boolean isForPeers() {
    return false;
  }

  /**
   * Measures {@code subject} once.
   *
   * @throws IOException if it could not be measured
   */
  void measure(Bench bench, Subject subject, Report report) throws IOException;
}
