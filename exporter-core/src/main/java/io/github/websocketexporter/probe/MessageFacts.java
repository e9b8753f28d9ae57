package io.github.websocketexporter.probe;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What came of the messages of one probe, so far as they came. Immutable.
 *
 * @param unmatched whether the last message that came was not the expected one
 * @param stepNanos of each named step whose message came, how long that took
 * @param values the numbers that were extracted, by the names of their groups
 */
public record MessageFacts(
    boolean unmatched, SortedMap<String, Long> stepNanos, SortedMap<String, Double> values) {

  /** Copies the maps. */
  public MessageFacts {
    stepNanos = Collections.unmodifiableSortedMap(new TreeMap<>(stepNanos));
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }
}
