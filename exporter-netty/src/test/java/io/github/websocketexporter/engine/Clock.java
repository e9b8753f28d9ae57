package io.github.websocketexporter.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.ArrivalClock;
import io.github.websocketexporter.transport.Transport;
import io.netty.channel.epoll.Epoll;

/** The ways to stamp what arrives. */
enum Clock {
  /** The kernel's stamps, with epoll. */
  KERNEL(TransportKind.EPOLL, ClockKind.KERNEL),
  /** The event loop's, with epoll. */
  EPOLL_LOOP(TransportKind.EPOLL, ClockKind.LOOP),
  /** The event loop's, with NIO. */
  NIO_LOOP(TransportKind.NIO, ClockKind.LOOP);

  private final TransportKind transport;
  private final ClockKind kind;

  Clock(TransportKind transport, ClockKind kind) {
    this.transport = transport;
    this.kind = kind;
  }

  /** What a result calls it, where nothing makes it unsure. */
  ArrivalClock label() {
    return this == KERNEL ? ArrivalClock.KERNEL : ArrivalClock.LOOP;
  }

  /** A transport with this clock. Aborts the test where this machine does not have it. */
  Transport select() {
    assumeTrue(transport != TransportKind.EPOLL || Epoll.isAvailable(), "no epoll here");
    try {
      return Transport.select(transport, kind);
    } catch (UnsupportedOperationException e) {
      assumeTrue(false, e.getMessage());
      throw e;
    }
  }
}
