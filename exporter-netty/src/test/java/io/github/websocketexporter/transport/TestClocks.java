package io.github.websocketexporter.transport;

import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.probe.NanoClock;

/** Transports with the kernel's stamps, and other clocks to compare them with. */
final class TestClocks {
  private TestClocks() {}

  /** The same transport, with these clocks. */
  static Transport on(Transport transport, NanoClock nanos, WallClock wall) {
    Arrivals arrivals = new Arrivals(ArrivalClock.KERNEL, nanos, wall);
    return new Transport(
        transport.name(),
        transport.ioHandlers(),
        transport.readyBatch(),
        arrivals::newChannel,
        transport.socketChannels(),
        transport.serverChannels(),
        transport.datagramChannels(),
        arrivals);
  }
}
