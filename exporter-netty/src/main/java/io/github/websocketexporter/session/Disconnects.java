package io.github.websocketexporter.session;

import io.github.websocketexporter.probe.Disconnect;
import io.github.websocketexporter.probe.DisconnectReason;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Counts how connections to one peer have ended. The codes that the peer gives are told apart up to
 * a number of them, for it may make up any. Confined to one thread.
 */
final class Disconnects {
  private static final int MOST_CODES = 8;

  private final SortedMap<Disconnect, Long> counts = new TreeMap<>();

  /** Counts one. */
  void count(DisconnectReason reason, String code) {
    Disconnect disconnect = new Disconnect(reason, code);
    if (!code.isEmpty() && !counts.containsKey(disconnect) && codes() >= MOST_CODES) {
      disconnect = new Disconnect(reason, Disconnect.OTHER_CODE);
    }
    counts.merge(disconnect, 1L, Long::sum);
  }

  private long codes() {
    return counts.keySet().stream().filter(each -> !each.code().isEmpty()).count();
  }

  /** What was counted so far, which goes on to change. */
  SortedMap<Disconnect, Long> counts() {
    return counts;
  }
}
