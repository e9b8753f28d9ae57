package io.github.websocketexporter.probe;

import java.util.function.Supplier;

/**
 * Hears of a probe while it runs. Called on the thread of its event loop, which it must not block.
 */
public interface ProbeProgress {
  /** Hears nothing. */
  ProbeProgress NONE = new ProbeProgress() {};

  /**
   * The WebSocket connection is established.
   *
   * @param soFar tells what is known by then; to be asked at once or never
   */
  default void connected(Supplier<ProbeResult> soFar) {}

  /**
   * One of several PINGs was answered in time. Of a single one the result tells.
   *
   * @param number of the PING, from 1
   */
  default void ponged(int number, RoundTrip roundTrip) {}
}
