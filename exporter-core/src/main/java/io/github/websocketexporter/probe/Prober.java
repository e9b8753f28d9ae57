package io.github.websocketexporter.probe;

import java.util.function.Consumer;

/**
 * Runs probes. A prober belongs to one event loop: it is called on that loop's thread and answers
 * on it, and never blocks it.
 */
public interface Prober {
  /**
   * Whether all is there that the probe {@code request} needs. It is, unless a prober says that it
   * has yet to come.
   */
  default boolean isReadyFor(ProbeRequest request) {
    return true;
  }

  /**
   * Whether the probe {@code request} would not wait so long for the probes before it that it might
   * fail for that, which would be no fault of its target.
   */
  default boolean hasTimeFor(ProbeRequest request) {
    return true;
  }

  /**
   * Starts a probe, for which this is ready.
   *
   * @param request what to do
   * @param onResult gets the result: always, once, on the loop's thread, at the latest when the
   *     request's limit is over. Whatever goes wrong at the target is a value in the result and
   *     never an exception.
   * @return the running probe
   */
  Probe start(ProbeRequest request, Consumer<ProbeResult> onResult);

  /** A probe that was started. */
  interface Probe {
    /**
     * Ends the probe: its connection is closed and its result, if it has not been given yet, is
     * given with {@link FailureReason#CANCELLED}. Called on the loop's thread; calling it again, or
     * after the result, does nothing.
     */
    void cancel();
  }
}
