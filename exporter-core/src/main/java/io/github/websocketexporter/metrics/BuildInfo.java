package io.github.websocketexporter.metrics;

/**
 * What this exporter was built from.
 *
 * @param version the version of the release
 * @param revision the commit, or {@code unknown}
 */
public record BuildInfo(String version, String revision) {
  /** The version of the Java runtime that this runs on. */
  public String javaVersion() {
    return Runtime.version().toString();
  }
}
