package io.github.websocketexporter.transport;

import io.github.websocketexporter.config.ClockKind;
import io.github.websocketexporter.config.TransportKind;
import io.github.websocketexporter.probe.ArrivalClock;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.ManualIoEventLoop;
import io.netty.util.concurrent.MockTicker;
import java.util.concurrent.TimeUnit;

/** Real sockets, while time stands still: they and all timers go by a clock that the test moves. */
public final class FrozenTransport {
  private final Transport transport;
  private final Loop loop;

  /** An event loop that tells of its timers. */
  private static final class Loop extends ManualIoEventLoop {
    Loop(IoHandlerFactory handlers, MockTicker time) {
      super(null, Thread.currentThread(), handlers, time);
    }

    boolean hasTimers() {
      return nextScheduledTaskDeadlineNanos() != -1;
    }
  }

  /** A transport and its one event loop, which belong to the thread that calls this. */
  public FrozenTransport(MockTicker time) {
    Transport base = Transport.select(TransportKind.AUTO, ClockKind.LOOP);
    Arrivals arrivals =
        new Arrivals(
            ArrivalClock.LOOP, time::nanoTime, () -> TimeUnit.DAYS.toNanos(365) + time.nanoTime());
    transport =
        new Transport(
            base.name(),
            base.ioHandlers(),
            base.readyBatch(),
            arrivals::newChannel,
            base.socketChannels(),
            base.serverChannels(),
            base.datagramChannels(),
            arrivals);
    loop = new Loop(arrivals.watched(base.ioHandlers(), base.readyBatch()), time);
  }

  public Transport transport() {
    return transport;
  }

  public ManualIoEventLoop loop() {
    return loop;
  }

  /** Whether something is to happen on the loop at a later time. */
  public boolean hasTimers() {
    return loop.hasTimers();
  }
}
