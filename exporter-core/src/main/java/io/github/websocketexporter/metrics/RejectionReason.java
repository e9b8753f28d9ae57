package io.github.websocketexporter.metrics;

import java.util.Locale;

/** Why a request for a probe was turned away with a 503: label values of the rejection counter. */
public enum RejectionReason {
  /** As many probes as {@code probe.max-in-flight} allows were running. */
  MAX_IN_FLIGHT;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value of the {@code reason} label. */
  public String label() {
    return label;
  }
}
