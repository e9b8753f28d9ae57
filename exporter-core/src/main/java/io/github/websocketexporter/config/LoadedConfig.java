package io.github.websocketexporter.config;

import java.util.List;

/**
 * A configuration that was read, checked, and what is known of where it came from. Immutable.
 *
 * @param config the configuration
 * @param parsed what it was read from
 * @param text the same as its user wrote it, completed by the defaults
 * @param files the files that values of it were taken from, such as tokens and certificates
 * @param warnings what its user should know: sentences without a secret
 */
public record LoadedConfig(
    ExporterConfig config,
    ParsedConfig parsed,
    EffectiveConfig text,
    List<ReadFile> files,
    List<String> warnings) {

  /** Whether there is something else in the files now that the text was in. Reads them. */
  public boolean textHasChanged() {
    return parsed.files().stream().anyMatch(ReadFile::hasChanged);
  }

  /** Whether there is something else in the files now that values were taken from. Reads them. */
  public boolean filesHaveChanged() {
    return files.stream().anyMatch(ReadFile::hasChanged);
  }

  /**
   * The same with other limits.
   *
   * @param maxConnections the most connections of the HTTP server that are open at a time
   * @param maxInFlight the most probes that run at a time
   * @param maxSessions the most connections that are held at a time
   */
  public LoadedConfig withLimits(int maxConnections, int maxInFlight, int maxSessions) {
    return new LoadedConfig(
        config.withLimits(maxConnections, maxInFlight, maxSessions),
        parsed,
        text.withLimits(maxConnections, maxInFlight, maxSessions),
        files,
        warnings);
  }

  /**
   * What of this can be put in force by a process that runs with {@code running}: all but what is
   * decided at the start.
   */
  public LoadedConfig over(LoadedConfig running) {
    return new LoadedConfig(
        config.over(running.config), parsed, text.over(running.text), files, warnings);
  }

  /** The keys that differ from those of {@code running} and have their effect at the start only. */
  public List<String> needingRestart(LoadedConfig running) {
    return text.fixedKeysThatDiffer(running.text);
  }
}
