package io.github.websocketexporter.probe;

import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a session has come to since it began: the connection to one target that is held, and made
 * again when it ends. Immutable. Where a module has a heartbeat of its own, that is counted as a
 * PING, and its answer as a PONG.
 *
 * @param answered whether the newest PING of which that is known was answered in time
 * @param pings the PINGs that were sent
 * @param pongs the PONGs that answered one of them
 * @param latePongs those of them that came later than the module waits for one
 * @param lostPings the PINGs that were given up: their PONG did not come, not even late
 * @param connects how often the connection was established
 * @param disconnects how often it has ended, in which ways
 * @param roundTrips how long the PONGs took, the late ones too
 * @param connectionAgeNanos how long the connection has been there; absent where there is none
 * @param lastPongEpochMillis when the newest PONG came; absent where none has come
 */
public record SessionFacts(
    boolean answered,
    long pings,
    long pongs,
    long latePongs,
    long lostPings,
    long connects,
    SortedMap<Disconnect, Long> disconnects,
    RoundTripHistogram roundTrips,
    OptionalLong connectionAgeNanos,
    OptionalLong lastPongEpochMillis) {

  /** Copies the map. */
  public SessionFacts {
    disconnects = Collections.unmodifiableSortedMap(new TreeMap<>(disconnects));
  }
}
