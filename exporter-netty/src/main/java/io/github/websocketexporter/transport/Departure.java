package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.NanoClock;

/**
 * When a message that the peer will answer was handed to the socket, by the monotonic clock and by
 * the one that the kernel stamps with. Confined to the connection's event loop.
 */
public final class Departure {
  private final NanoClock clock;
  private final WallClock wall;
  private long nanos;
  private long epochNanos;
  private long flushNanos;

  Departure(NanoClock clock, WallClock wall) {
    this.clock = clock;
    this.wall = wall;
    flushing();
  }

  /** Notes that the call is about to be made that hands the message to the socket. */
  void flushing() {
    nanos = clock.nanoTime();
    epochNanos = wall.epochNanos();
  }

  /** Notes that this call has returned. */
  void flushed() {
    flushNanos = clock.nanoTime() - nanos;
  }

  /** The moment before the message was handed to the socket, by the monotonic clock. */
  public long nanos() {
    return nanos;
  }

  long epochNanos() {
    return epochNanos;
  }

  /** How long handing it over took: when in that time it went out is not known. */
  long flushNanos() {
    return flushNanos;
  }
}
