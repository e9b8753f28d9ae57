package io.github.websocketexporter.probe;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What came of the messages of one probe, so far as they came. Immutable.
 *
 * @param step the step that was come to: its number, from 1, and its name in parentheses if it has
 *     one
 * @param passedOver how many messages were passed over in that step
 * @param mismatch what the last message that came was; null if it was the expected one
 * @param stepNanos of each named step whose message came, how long that took
 * @param values the numbers that were extracted, by the names of their groups
 */
public record MessageFacts(
    String step,
    int passedOver,
    @Nullable Mismatch mismatch,
    SortedMap<String, Long> stepNanos,
    SortedMap<String, Double> values) {

  /** Copies the maps. */
  public MessageFacts {
    stepNanos = Collections.unmodifiableSortedMap(new TreeMap<>(stepNanos));
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** Whether the last message that came was not the expected one. */
  public boolean unmatched() {
    return mismatch != null;
  }
}
