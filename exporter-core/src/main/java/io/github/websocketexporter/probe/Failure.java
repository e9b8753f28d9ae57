package io.github.websocketexporter.probe;

import org.jspecify.annotations.Nullable;

/**
 * That a probe failed.
 *
 * @param phase the phase that was running
 * @param reason what happened in it
 * @param detail what else is known of it; null for nothing
 */
public record Failure(Phase phase, FailureReason reason, @Nullable Detail detail) {
  /**
   * What there is to say to a person, without secrets.
   *
   * @param key what it is, as a key of a log line
   */
  public record Detail(String key, String value) {}

  /** A failure of which nothing else is known. */
  public Failure(Phase phase, FailureReason reason) {
    this(phase, reason, null);
  }
}
