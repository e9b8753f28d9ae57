package io.github.websocketexporter.probe;

import java.util.Locale;

/** What stamped the arrival of a peer's bytes: the closed vocabulary of the {@code clock} label. */
public enum ArrivalClock {
  /** The kernel, as the segment came in: a queue of the exporter's own is not in it. */
  KERNEL,
  /** The event loop, when it read the bytes: as late as the loop was. */
  LOOP;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The value of the {@code clock} label. */
  public String label() {
    return label;
  }
}
