package io.github.websocketexporter.config;

/**
 * What is logged, and how.
 *
 * @param level the least level that is logged
 * @param format how a line is written
 */
public record LogSettings(Level level, Format format) {

  /** Levels, the rarest first. */
  public enum Level {
    /** What needs a person. */
    ERROR,
    /** What may need a person soon. */
    WARN,
    /** What happens once: start, reload, stop. */
    INFO,
    /** Each probe and its phases. */
    DEBUG
  }

  /** Formats of a line. */
  public enum Format {
    /** {@code key=value} pairs. */
    LOGFMT,
    /** One JSON object a line. */
    JSON
  }
}
