package io.github.websocketexporter.metrics;

import java.util.Locale;

/** Why a request for a probe was turned away with a 503: label values of the rejection counter. */
public enum RejectionReason {
  /** As many probes as {@code probe.max-in-flight} allows were running. */
  MAX_IN_FLIGHT,
  /** The event loop had so much to do that the probe might have failed for that. */
  EVENT_LOOP_DELAY,
  /** As many connections as {@code web.max-connections} allows were open. */
  MAX_CONNECTIONS,
  /** As many connections as {@code sessions.max} allows were held. */
  MAX_SESSIONS,
  /** The exporter had no file descriptor left for the probe. */
  TOO_MANY_OPEN_FILES,
  /** The exporter had no local port left towards the target. */
  NO_LOCAL_PORT,
  /** The exporter had just started and could not yet look up names or speak TLS. */
  STARTING;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value of the {@code reason} label. */
  public String label() {
    return label;
  }
}
