package io.github.websocketexporter.probe;

/**
 * That a probe failed.
 *
 * @param phase the phase that was running
 * @param reason what happened in it
 */
public record Failure(Phase phase, FailureReason reason) {}
