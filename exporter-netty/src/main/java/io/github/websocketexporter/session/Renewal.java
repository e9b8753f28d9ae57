package io.github.websocketexporter.session;

import io.github.websocketexporter.module.ProbeModule;
import io.github.websocketexporter.module.TlsSettings;
import io.github.websocketexporter.probe.DisconnectReason;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * By which module the connection of a session is made, and when it is made anew though nothing is
 * wrong with it: because there is another module, or because it is old. Confined to one thread.
 */
final class Renewal {
  /** Connections that were made together are not made anew together. */
  private static final double AGE_SPREAD = 0.1;

  private final long maxAgeNanos;
  private ProbeModule module;
  private @Nullable ProbeModule next;
  private long connectedNanos;
  private long dueNanos;

  /**
   * The renewal of connections that are made by {@code module} at first.
   *
   * @param part how much sooner than at {@code maxAge} they are old, from 0 to 1 of what is spread
   */
  Renewal(ProbeModule module, Duration maxAge, double part) {
    this.module = module;
    maxAgeNanos = (long) (maxAge.toNanos() * (1 - AGE_SPREAD * part));
  }

  /** The module that the connection is made by. */
  ProbeModule module() {
    return module;
  }

  /** Takes the module that the next connection is made by: whether that is another one. */
  boolean takeNext() {
    if (next == null) {
      return false;
    }
    module = next;
    next = null;
    return true;
  }

  /** Notes that a connection was made. */
  void connected(long nowNanos) {
    connectedNanos = nowNanos;
    if (next == null) {
      dueNanos = connectedNanos + maxAgeNanos;
    }
  }

  /**
   * Goes on by {@code newest}, if that is another module than until now: with the next connection,
   * which is made at some moment of the time to come.
   *
   * @param withinNanos how long that may take at the most
   */
  void goOnBy(ProbeModule newest, long nowNanos, long withinNanos) {
    if (newest.equals(next == null ? module : next)) {
      return;
    }
    if (newest.equals(module)) {
      next = null;
      dueNanos = connectedNanos + maxAgeNanos;
    } else {
      next = newest;
      dueNanos = nowNanos + (long) (ThreadLocalRandom.current().nextDouble() * withinNanos);
    }
  }

  /** How long until a connection that is there is to be made anew. */
  long nanosToDue(long nowNanos) {
    return dueNanos - nowNanos;
  }

  /** Why it will be. */
  DisconnectReason reason() {
    return next == null ? DisconnectReason.MAX_AGE : DisconnectReason.MODULE_CHANGED;
  }

  /** Adds the TLS settings that connections are made by, or will be. */
  void addTlsSettingsTo(Set<TlsSettings> all) {
    all.add(module.tls());
    if (next != null) {
      all.add(next.tls());
    }
  }
}
